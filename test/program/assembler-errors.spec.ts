// SPDX-License-Identifier: MIT
import { expect } from 'chai'
import fc from 'fast-check'
import { describeSpan } from '../../src/diagnostics/source-file.ts'
import { assemble } from '../../src/program/assembler/assemble.ts'
import { assembleText, brief, errorsOf, imageOf } from './assemble-text.ts'
import { attForms, intelForms } from './form-texts.ts'

/** Text and the errors that it has, as `line:column code: message`. */
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['mvo edi, 2', ['1:1 B001: the assembler does not know `mvo`']],
  ['nop\n  add eax, rbx', ['2:7 B002: `add` does not take these operands']],
  ['mov eax', ['1:5 B002: `mov` does not take these operands']],
  ['mov', ['1:1 B002: `mov` needs operands']],
  ['lea rdi, [rip + ss]', ['1:17 B002: no address can have `ss` in it']],
  ['mov eax, [xmm0 + ax + bl]', ['1:23 B002: no address can have `bl` in it']],
  ['mov ah, r8b', ['1:1 B002: `mov` cannot be encoded with these operands']],
  ['lock add eax, 1', ['1:6 B002: `add` does not take `lock` here']],
  ['call ad\nadd: ret', ['1:6 B003: no label is called `ad`']],
  ['mov edj, 21', ['1:5 B003: `edj` is neither a register nor a label']],
  ['mov eax, edj', ['1:10 B003: `edj` is neither a register nor a label']],
  ['add rda, rbx', ['1:5 B003: `rda` is neither a register nor a label']],
  ['mov counter, 21', ['1:5 B003: no label is called `counter`']],
  ['mov counter, 21\ncounter: ret', ['1:5 B007: the size of this operand of `mov` is not clear']],
  ['jmp 1f\n1:\njmp 2b', ['3:5 B003: no label `2:` stands before this']],
  ['jmp 1f', ['1:5 B003: no label `1:` follows']],
  ['a: nop\na: ret', ['2:1 B004: `a` is defined twice']],
  ['.set a, 1\na: ret', ['2:1 B004: `a` is defined twice']],
  ['.gobl a\na: ret', ['1:1 B005: the assembler does not know the directive `.gobl`']],
  ['.align 3', ['1:8 B005: an alignment is a power of two']],
  ['.bss\n.byte 5', ['2:1 B005: `.bss` holds no bytes, only space']],
  ['.bss\nnop', ['2:1 B005: `.bss` holds no code, only space']],
  ['.set a, b\n.set b, a', ['2:9 B005: the value of `b` depends on itself']],
  ['.rept 3\nnop', ['1:1 B005: no `.endr` follows']],
  ['.ascii 5', ['1:8 B005: `.ascii` takes text in quotes']],
  ['.section .x, "q"', ['1:14 B005: `q` are no flags of a section here']],
  ['.popsection', ['1:1 B005: no `.pushsection` stands before this']],
  ['mov eax, [rax', ['1:14 B006: what was opened needs `]` here']],
  ['mov eax, (5', ['1:12 B006: what was opened needs `)` here']],
  ['mov eax 5', ['1:9 B006: `5` was not expected here']],
  ['mov eax, dword [rax]', ['1:10 B006: `dword` needs `ptr` behind it']],
  ['mov eax, `', ['1:10 B006: ``` cannot start a value']],
  ['mov [rax], 5', ['1:5 B007: the size of this operand of `mov` is not clear']],
  ['.att_syntax\nmov $5, (%rax)', ['2:9 B007: the size of this operand of `mov` is not clear']],
  ['mov al, 256', ['1:9 B008: the number 256 does not fit `mov` here']],
  ['mov eax, 0x10000000000000000', ['1:10 B008: `0x10000000000000000` has more than 64 bits']],
  ['.byte 256', ['1:7 B008: 256 does not fit in 8 bits']],
  ['a: .byte a', ['1:10 B008: the address 0x401000 does not fit in 8 bits']],
  ['a: .zero 200\nloop a', ['2:1 B008: the target is too far away for a jump of one byte']],
  ['jmp short b\n.zero 200\nb:', ['1:1 B008: the target is too far away for a jump of one byte']],
  ['.zero b-a\na: .zero 5\n.p2align 4\nb:', []],
  ['.zero a-b\na: nop\nb:', ['1:7 B008: this is no size for a space']],
  ['.zero a\na:', ['1:7 B008: this is no size for a space']],
  ['a: .zero 1+b-a\nb:', ['1:10 B008: the size of this space depends on itself']],
  ['.bss\n.zero 0x40000000\n.zero 1', ['- B008: the program needs more than 1 GiB']],
  ['.zero 0x4000001', ['- B008: the program has more than 64 MiB of code and data']],
  [
    '.rept 65536\n.rept 65536\n.endr\n.endr',
    ['2:1 B008: repeated, these are more than a million statements'],
  ],
  [
    '.rept 1024\n.rept 1024\n.globl a\n.endr\n.endr\na:',
    ['2:1 B008: repeated, these are more than a million statements', '3:8 B003: no label is called `a`'],
  ],
  ['a: .quad a+a', ['1:10 B008: this sum of addresses is neither a number nor an address']],
  [
    'mov edx, len\nlen = 5',
    ['1:10 B002: this is a number that is defined further down, and so it means memory here'],
  ],
  ['mov edx, offset len\nlen = 5', []],
  ['add eax, 1/0', ['1:10 B002: this divides by zero']],
]

describe('errors of the assembler', () => {
  for (const [text, errors] of cases) {
    it(JSON.stringify(text), () => expect(errorsOf(assembleText(text))).to.deep.equal(errors))
  }

  it('are all reported, in the order of the text', () => {
    const text = 'main:\n  mvo eax, 5\n  call nowhere\n  add eax, rbx\n.byt 5\n  mov [rax], 1; nopp\n'
    expect(errorsOf(assembleText(text))).to.deep.equal([
      '2:3 B001: the assembler does not know `mvo`',
      '3:8 B003: no label is called `nowhere`',
      '4:7 B002: `add` does not take these operands',
      '5:1 B005: the assembler does not know the directive `.byt`',
      '6:7 B007: the size of this operand of `mov` is not clear',
      '6:17 B001: the assembler does not know `nopp`',
    ])
  })

  it('suggest what was meant', () => {
    const hint = (text: string): string | undefined => {
      const result = assembleText(text)
      return result.ok ? undefined : result.diagnostics[0]!.labels[0]!.text
    }
    expect(hint('mvo edi, 2')).to.equal('did you mean `mov`?')
    expect(hint('callq2 a\na:')).to.equal('did you mean `call`?')
    expect(hint('call wroker\nworker: ret')).to.equal('did you mean `worker`?')
    expect(hint('.gobl a\na:')).to.equal('did you mean `.globl`?')
    expect(hint('mov edj, 21')).to.equal('did you mean `edi`?')
    expect(hint('mov eax, ebz')).to.equal('did you mean `ebx`?')
  })

  it('point into the file that the text is a part of', () => {
    const file = {
      path: 'a.yaml',
      text: 'binaries:\n  calc:\n    asm: |\n      main:\n          mvo  edi, 2\n          ret\n',
    }
    const lineStarts = [31, 43, 65].map((_, line) =>
      file.text.indexOf(['main:', '    mvo', '    ret'][line]!),
    )
    const source = { text: 'main:\n    mvo  edi, 2\n    ret\n', origin: { file, lineStarts } }
    const result = assemble([source], { name: 'calc' })
    expect(
      result.ok ? [] : result.diagnostics.map(({ labels }) => describeSpan(labels[0]!.span)),
    ).to.deep.equal(['a.yaml:5:11'])
    const { start, end } = result.ok ? { start: 0, end: 0 } : result.diagnostics[0]!.labels[0]!.span
    expect(file.text.slice(start, end)).to.equal('mvo')
  })

  it('a position-independent program holds no absolute address', () => {
    const text = 'a: mov eax, [a]\nmov rax, offset a\nlea rax, [rip + a]\ncall a\n.data\n.quad a, a-a\n'
    expect(errorsOf(assembleText(text, { pie: true }))).to.deep.equal([
      '1:13 B009: a position-independent program cannot hold this address',
      '2:10 B009: a position-independent program cannot hold this address',
      '6:7 B009: a position-independent program cannot hold this address',
    ])
    expect(imageOf('lea rax, [rip + a]\na: jmp a\n', { pie: true })).to.include({
      positionIndependent: true,
      entry: 0x1000n,
    })
  })

  it('a base is a page of user memory', () => {
    expect(imageOf('nop', { base: 0x10000n }).entry).to.equal(0x11000n)
    expect(errorsOf(assembleText('nop', { base: 0x10010n }))).to.deep.equal([
      '- B008: a program cannot be based at 0x10010',
    ])
    expect(assembleText('nop', { base: -4096n }).ok).to.equal(false)
    expect(assembleText('nop', { base: 1n << 47n }).ok).to.equal(false)
  })

  it('no text makes it throw', () => {
    const words = [...intelForms, ...attForms].flatMap(form => form.split(/\b|(?=\W)/))
    const directives =
      '.byte .quad .set .equ .align .p2align .zero .ascii "a\\n" .section .rept .endr .text .data .bss .size .type .comm .fill .float 1.5 .globl'
    const piece = fc.oneof(
      fc.constantFrom(...words),
      fc.constantFrom(...directives.split(' ')),
      fc.constantFrom(
        '\n',
        '\n',
        ';',
        ' ',
        ',',
        ':',
        '1:',
        '1b',
        '1f',
        'a',
        'a:',
        'b',
        '.',
        '=',
        '-',
        '*',
        '/',
        '<<',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '$',
        '%',
        '@',
        '"',
        "'",
        '0x',
        '08',
        '99999999999999999999',
        '65536',
      ),
      fc.string({ maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, att) => {
        const result = assembleText(`${att ? '.att_syntax\n' : ''}${pieces.join(' ')}`)
        if (!result.ok) expect(result.diagnostics.map(brief)).to.not.have.lengthOf(0)
      }),
      { numRuns: 3000 },
    )
  }).timeout(120_000)
})
