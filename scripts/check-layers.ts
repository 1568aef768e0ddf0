/** Checks the import rules of .dependency-cruiser.cjs over src/. */
import { cruise } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], options, undefined, {
  tsConfig: extractTsConfig('./tsconfig.json'),
});
if (typeof output === 'string') throw new Error('dependency-cruiser returned text, not a result');

const modules = output.modules.filter(({ source }) => source.startsWith('src/'));
const { violations } = output.summary;
for (const { from, to, rule } of violations) {
  const reason = options.ruleSet?.forbidden?.find(({ name }) => name === rule.name)?.comment ?? '';
  console.error(`${from} -> ${to}\n  ${rule.name}: ${reason}`);
}
// With an unsupported TypeScript, dependency-cruiser sees no module and reports success.
if (modules.length === 0) console.error('No module was seen: the check proves nothing.');
console.log(`layers: ${modules.length} modules, ${violations.length} violations`);
process.exitCode = modules.length > 0 && violations.length === 0 ? 0 : 1;
