// SPDX-License-Identifier: MIT
/** An id as a relative path that stays where it is put: whatever could lead out of a folder or upset a shell becomes `_`. */
export function fileNameOf(id: string): string {
  return id
    .replace(/[^\w./=,[\]+-]/g, '_')
    .replace(/(^|\/)(?=\.*(\/|$))\.*/g, (dots, slash) => slash + '_'.repeat(dots.length - slash.length))
}
