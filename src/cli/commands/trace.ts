// SPDX-License-Identifier: MIT
import type { Command } from '../commands.ts'

export const trace: Command = async () => 0
