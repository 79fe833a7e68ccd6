// SPDX-License-Identifier: MIT
import { join } from 'node:path'

/** Folder of what runs leave behind, below the folder in which the tool was started. */
export const stateFolder = '.trapline'

/** Where compiled programs are kept between runs. */
export function cacheFolder(startedIn: string): string {
  return join(startedIn, stateFolder, 'cache')
}
