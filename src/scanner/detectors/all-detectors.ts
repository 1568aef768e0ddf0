import type { Detector } from './detector.ts';
import { reservedDomain } from './reserved-domain.ts';

/** Every detector. A new one is a file beside this and a line here. */
export const allDetectors: readonly Detector[] = [reservedDomain];
