/** A moment as part of a file's name, `20260112T090000Z`: such names sort by time, in UTC. */
export function fileStamp(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}
