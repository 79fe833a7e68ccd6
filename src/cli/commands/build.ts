// SPDX-License-Identifier: MIT
import type { Command } from '../commands.ts'

export const build: Command = async () => 0
