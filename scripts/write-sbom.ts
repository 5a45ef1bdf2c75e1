// Writes what is inside the bundles to the file named as the argument: an SPDX 2.3 document (ISO/IEC 5962).
import { readFileSync, writeFileSync } from 'node:fs';
import { VERSION } from '../loader/version.ts';

/** Of esbuild's: what each bundle was made of. */
const METAFILES = ['build/heddled.meta.json', 'build/heddlectl.meta.json'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** Folders of the npm packages of which a file is in a bundle. */
function bundledFolders(): string[] {
  const files = METAFILES.flatMap(metafile => {
    const { inputs } = JSON.parse(readFileSync(metafile, 'utf8')) as { readonly inputs: object };
    return Object.keys(inputs);
  });
  return [
    ...new Set(files.flatMap(file => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])),
  ].sort();
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
}

function packageOf({ name, version, license = 'NOASSERTION' }: Manifest) {
  return {
    name,
    SPDXID: `SPDXRef-${`${name}-${version}`.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`,
    versionInfo: version,
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: license,
    licenseDeclared: license,
    copyrightText: 'NOASSERTION',
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      },
    ],
  };
}

const [output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: write-sbom FILE');
const own = packageOf({ name: 'heddle', version: VERSION, license: 'Apache-2.0' });
const bundled = [
  ...new Map(
    bundledFolders()
      .map(manifestOf)
      .map(packageOf)
      .map(each => [each.SPDXID, each]),
  ).values(),
];
const epoch = process.env['SOURCE_DATE_EPOCH'];
const document = {
  spdxVersion: 'SPDX-2.3',
  dataLicense: 'CC0-1.0',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: `heddle-${VERSION}`,
  documentNamespace: `urn:heddle:sbom:${VERSION}`,
  creationInfo: {
    created: new Date(epoch === undefined ? Date.now() : Number(epoch) * 1_000)
      .toISOString()
      .replace(/\.\d+/, ''),
    creators: ['Organization: The Heddle authors'],
  },
  packages: [own, ...bundled],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: own.SPDXID },
    ...bundled.map(({ SPDXID }) => ({
      spdxElementId: own.SPDXID,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: SPDXID,
    })),
  ],
};
writeFileSync(output, `${JSON.stringify(document, undefined, 2)}\n`);
