// SPDX-License-Identifier: MIT
import { DecoderOptions } from 'iced-x86'

/**
 * How the profile's processor reads code: as AMD's do, which heed the operand size prefix of near branches; and `tzcnt` and `lzcnt`
 * are the bsf and bsr that they are without BMI1 and LZCNT.
 */
export const decoderOptions = DecoderOptions.AMD | DecoderOptions.NoMPFX_0FBC | DecoderOptions.NoMPFX_0FBD
