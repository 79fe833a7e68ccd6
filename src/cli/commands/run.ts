// SPDX-License-Identifier: MIT
import type { Command } from '../commands.ts'

export const run: Command = async () => 0
