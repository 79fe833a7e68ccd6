// SPDX-License-Identifier: MIT
/** What the kernel says of a filter (spec 07 §10). ERRNO is the text where it has no reason to give. */
export const filterMessages = {
  INVALID_OP: 'Invalid operator',
  TOO_MANY_OPEN: "Too many '('",
  TOO_MANY_CLOSE: "Too few '('",
  MISSING_QUOTE: 'Missing matching quote',
  MISSING_BRACE_OPEN: "Missing '{'",
  MISSING_BRACE_CLOSE: "Missing '}'",
  OPERAND_TOO_LONG: 'Operand too long',
  EXPECT_STRING: 'Expecting string field',
  EXPECT_DIGIT: 'Expecting numeric field',
  ILLEGAL_FIELD_OP: 'Illegal operation for field type',
  FIELD_NOT_FOUND: 'Field not found',
  ILLEGAL_INTVAL: 'Illegal integer value',
  NO_FILTER: 'No filter found',
  INVALID_VALUE: 'Invalid value (did you forget quotes)?',
  NO_FUNCTION: 'Function not found',
  INVALID_CPULIST: 'Invalid cpulist',
  TOO_MANY_PREDS: 'Too many terms in predicate expression',
  ERRNO: 'Error',
} as const

export type FilterMessageId = keyof typeof filterMessages
