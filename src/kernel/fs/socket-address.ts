// SPDX-License-Identifier: MIT
import type { FileInode } from './inode.ts'

/** The name of a socket: a file or bytes of AF_UNIX; an address and a port of the internet, of which there is this machine alone. */
export type SocketAddress =
  | { readonly kind: 'path'; readonly path: string; readonly inode: FileInode }
  | { readonly kind: 'abstract'; readonly name: string }
  | { readonly kind: 'internet'; readonly host: Uint8Array; readonly port: number }

/** 127.0.0.0/8 and ::1, also as IPv4 within IPv6; `any` where a socket may be reached by each of them; undefined: elsewhere. */
export function placeOf(host: Uint8Array): 'any' | 'here' | undefined {
  if (host.every(byte => byte === 0)) return 'any'
  if (host.length === 4) return host[0] === 127 ? 'here' : undefined
  if (host.subarray(0, 10).every(byte => byte === 0) && host[10] === 0xff && host[11] === 0xff)
    return placeOf(host.subarray(12))
  return host[15] === 1 && host.subarray(0, 15).every(byte => byte === 0) ? 'here' : undefined
}

/** 127.0.0.1 or ::1: where a socket is that was bound to no address in particular. */
export function loopback(bytes: 4 | 16): Uint8Array {
  const host = new Uint8Array(bytes)
  host[bytes - 1] = 1
  if (bytes === 4) host[0] = 127
  return host
}
