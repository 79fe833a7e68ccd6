// SPDX-License-Identifier: MIT
/** An id as a relative path that stays where it is put: whatever could lead out of a folder or upset a shell becomes `_`. */
export function fileNameOf(id: string): string {
  return id.split('/').map(cleanName).join('/')
}

function cleanName(name: string): string {
  const onlyDots = /^\.*$/.test(name)
  return onlyDots ? '_'.repeat(Math.max(1, name.length)) : name.replace(/[^\w.=,[\]+-]/g, '_')
}
