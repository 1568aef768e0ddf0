import type { Place } from '../place.ts';
import { folderOf, nameOf, type Repository } from '../repository.ts';
import { prismaConfigPlaces } from '../settings-files.ts';
import { jsonPlaces } from './json-places.ts';
import { dockerfilePlaces, makefilePlaces, procfilePlaces, shellPlaces } from './line-places.ts';
import { yamlPlaces } from './yaml-places.ts';

type Reader = (file: string, text: string) => readonly Place[];

const READERS: readonly (readonly [RegExp, Reader])[] = [
  [/(?:^|\/)(?:package|app)\.json$/, jsonPlaces],
  [/(?:^|\/)(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$/i, dockerfilePlaces],
  [/(?:^|\/)(?:GNUmakefile|[Mm]akefile|[\w.-]+\.mk)$/, makefilePlaces],
  [/(?:^|\/)Procfile(?:\.\w+)?$/, procfilePlaces],
  [/(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/, yamlPlaces],
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, yamlPlaces],
  [
    /^(?:\.gitlab-ci|\.circleci\/config|azure-pipelines|bitbucket-pipelines|render|cloudbuild|buildspec|appspec)\.ya?ml$/,
    yamlPlaces,
  ],
  [/(?:^|\/)\.gitlab\/.*\.ya?ml$/, yamlPlaces],
  [/(?:^|\/)action\.ya?ml$/, yamlPlaces],
  [/\.(?:sh|bash)$/, shellPlaces],
];
const SCRIPT_FOLDERS = /^(?:bin|script|scripts|docker|deploy|ops|ci|\.ci)$/;

/** Every command that the repository holds, where it is looked for. */
export function placesOf(repository: Repository): readonly Place[] {
  return repository.files.flatMap((file) => {
    const text = repository.text(file);
    if (text === null) return [];
    const read = readerOf(file, text);
    return [...(read === null ? [] : read(file, text)), ...prismaConfigPlaces(file, text)];
  });
}

function readerOf(file: string, text: string): Reader | null {
  const known = READERS.find(([pattern]) => pattern.test(file));
  if (known !== undefined) return known[1];
  const isScript =
    !nameOf(file).includes('.') &&
    SCRIPT_FOLDERS.test(nameOf(folderOf(file))) &&
    /^#!.*\b(?:ba|z|da)?sh\b/.test(text);
  return isScript ? shellPlaces : null;
}
