// SPDX-License-Identifier: MIT
const nops = (count: number): string => `.rept ${count}\nnop\n.endr\n`

/** Whole programs, for what single instructions cannot show: labels, jumps of two lengths, padding, data. */
export const programTexts: Readonly<Record<string, string>> = {
  'a call and a return': 'main: mov edi, 2\nmov esi, 3\ncall add\nret\nadd: lea eax, [rdi + rsi]\nret\n',
  'the longest short jump ahead': `jmp 1f\n${nops(127)}1: ret\n`,
  'the shortest long jump ahead': `jmp 1f\n${nops(128)}1: ret\n`,
  'the longest short jump back': `1: ${nops(126)}jmp 1b\n`,
  'the shortest long jump back': `1: ${nops(127)}jmp 1b\n`,
  'conditional jumps of both lengths': `a: jz b\njnz c\n${nops(120)}b: nop\n${nops(20)}c: ja a\njbe b\n`,
  'jumps that grow because others grow': `jmp a\njmp b\njmp c\n${nops(118)}a: ${nops(2)}b: ${nops(2)}c: ret\n`,
  'a jump over an alignment': `jmp 1f\n${nops(100)}.p2align 5\n1: ret\n`,
  'numeric labels that repeat': '1: jmp 1f\n1: jmp 1b\njmp 2f\n1: jmp 1b\n2: jmp 1b\n10: jmp 10b\n',
  loops: 'a: loop a\njrcxz a\njecxz b\nloope a\nloopnz b\nb: ret\n',
  'short and near on request': 'a: jmp short a\njmp near ptr a\njz short a\ncall a\n',
  'labels as numbers':
    'mov eax, offset a\nmov rax, offset a\nmovabs rax, offset a\npush offset a\na: add eax, offset a\ncmp rax, offset a + 4\nmov dword ptr [rax], offset a\n',
  'labels as memory':
    'mov eax, a\nmov eax, [a]\nmov eax, a+4\nmov eax, [a+4]\nmov a, eax\nlea rax, a\nlea rax, [rip+a]\nlea rax, a[rip]\nmov eax, [rip+a+4]\nmov eax, [rax+a]\nmov eax, a[rax*4]\nmov eax, [a+rax*4-8]\ninc dword ptr a\ncall [a]\njmp qword ptr a[rax*8]\nmovzx eax, byte ptr a\na: ret\n',
  'labels before the instruction pointer':
    'a: mov eax, [rip+a]\nmov dword ptr [rip+a], 5\nadd qword ptr [rip+a], 500\ncmp byte ptr [rip+b], 1\nimul eax, [rip+b], 3\nb: movaps xmm0, [rip+a]\n',
  'distances of labels':
    'a: nop\nb: mov eax, b-a\nadd eax, b-a\nadd rax, offset b-a\npush b-a\n.byte b-a, a-b\n.long c-a\nmov ecx, c-b\njmp c\nadd eax, c-a\nc: ret\n',
  'the current address':
    'jmp .\njmp .+4\nnop\nnop\nlea rax, [rip+.]\n.long .-a\na: .quad .\nmov eax, offset .\n',
  constants:
    '.equ five, 5\n.set six, five+1\nseven = six+1\nmov eax, five\nadd eax, six\nmov eax, [rax+seven]\nmov eax, [seven]\n.set five, 50\nmov eax, five\nadd rax, five*100\n.byte five, six, seven\n',
  'a length':
    '.data\nmsg: .ascii "hello\\n"\nlen = . - msg\n.text\nmov edx, len\nlea rsi, [rip+msg]\nadd edx, len\n',
  data: "nop\n.data\n.byte 1, 0xff, -1, 'a'\n.word 0x1234, -2\n.short 1\n.long 0x12345678, -1\n.int 7\n.quad 0x123456789abcdef0, -1, a\na: .zero 5\n.skip 3, 0xcc\n.space 2\n.fill 3, 2, 0x1234\n.long a - 4, a\n",
  texts:
    '.data\n.ascii "a", "bc"\n.asciz "d"\n.string "e\\n\\t\\\\\\"\\101\\x41\\0"\n.string "é # no; comment"\n.asciz ""\n',
  'real numbers': '.data\n.float 1.5, -2.25\n.double 3.14159, 1e10\n.single 0.1\n',
  'alignments of data':
    '.data\n.byte 1\n.align 4\n.byte 2\n.balign 8, 0xff\n.byte 3\n.p2align 4\n.byte 4\n.p2align 4,,3\n.byte 5\n',
  'zeroed space':
    'lea rax, [rip+b]\nmov eax, offset c\n.bss\na: .zero 3\n.align 8\nb: .skip 16\nc: .space 1\n.data\n.quad a, b, c\n',
  'sections back and forth':
    '.text\na: nop\n.data\nb: .byte 1\n.text\nc: ret\n.section .data\nd: .byte 2\n.previous\nhlt\n.pushsection .data\n.byte 3\n.popsection\nud2\n.quad a, c\n.data\n.quad b, d\n',
  'AT&T syntax and back':
    'mov eax, ebx\n.att_syntax\nmovl %ebx, %eax\nmov $a, %rax\nmov a, %eax\nlea a(%rip), %rax\nmov a(,%rax,8), %eax\ncall a\njmp *a(%rip)\njmp *a\n.intel_syntax noprefix\na: mov ecx, [rax]\n',
  'comments and several statements':
    "nop # one\n/* two\nthree */ ret; nop; a: ret # four\n.byte 1; .byte ';'\n",
  'alignment of code by every length': Array.from(
    { length: 31 },
    (_, index) => `${nops(index + 1)}.p2align 5\n`,
  ).join(''),
  repetition: '.rept 3\n1: jmp 1b\n.byte 5\n.endr\n.rept 2\n.rept 2\nnop\n.endr\nret\n.endr\n',
  'a section by its name': 'jmp b\njz b\na: ret\n.section .text\nb: jmp a\n',
  'prefixes on their own': 'rep\nmovsb\nlock\nadd dword ptr [rax], 1\ngs\nnop\nrep; ret\n',
  'symbols of a table': 'jmp [table+rax*8]\na: ret\nb: ret\n.data\ntable: .quad a, b, table, a-b, b-a\n',
  'space by distances of labels further down': `jmp b\n.skip c-b\nb: jmp d\njz b\nc: .zero (c-b)*2, 0xcc\n${nops(130)}d: jmp b\n`,
}
