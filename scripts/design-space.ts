// SPDX-License-Identifier: MIT
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { designSpace } from './design-space/design-space.ts'

/** `npm run design-space`: measures the strategies of the discussion and writes docs/design-space.md. */
const root = fileURLToPath(new URL('..', import.meta.url))
await writeFile(`${root}docs/design-space.md`, await designSpace(root))
