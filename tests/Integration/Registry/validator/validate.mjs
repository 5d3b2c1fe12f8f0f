// Prints what the CycloneDX project's own schema has against each of the files; nothing when it has nothing.
import { readFileSync } from 'node:fs'
import { Validation, Spec } from '@cyclonedx/cyclonedx-library'

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
for (const file of process.argv.slice(2)) {
  const problem = await validator.validate(readFileSync(file, 'utf8'))
  if (problem !== null) {
    console.log(file, JSON.stringify(problem))
  }
}
