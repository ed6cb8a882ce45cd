# SPDX-License-Identifier: MIT
"""Mutants of a C file: copies of it with one small mistake each, for tools/mutants to try the tests on.

Works on tokens, and relies on what .clang-format and the compiler already hold every file to: statements are
whole, no macro opens what another closes. What it changes stays on its lines, so that line numbers in
messages and assertions are the original's. Assertions are not mutated: to weaken one changes no behaviour.

    CMP    a comparison negated, or its boundary moved by one
    CONST  a number, a named constant or a truth value off by one
    LOGIC  && and || exchanged, ! taken away
    STMT   a statement that is a call, an assignment or a count taken away
    COND   a condition always true, always false; its side effects stay
    LOCK   what acquires taken away together with what releases
"""

import bisect
import collections
import dataclasses
import re

OPERATORS = ("CMP", "CONST", "LOGIC", "STMT", "COND", "LOCK")

TOKEN = re.compile(
    r"""(?P<space>\s+|/\*.*?\*/|//[^\n]*)
      | (?P<directive>^\#(?:[^\n\\]|\\.)*)
      | (?P<text>L?"(?:[^"\\]|\\.)*"|L?'(?:[^'\\]|\\.)*')
      | (?P<number>\d\w*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!+\-*/%&|^]=|&&|\|\||.)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
DEFINE = re.compile(r"#define\s+(\w+)(?:\([^)]*\))?")
NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$")

NEGATED = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
EXCHANGED = {"&&": "||", "||": "&&"}
TRUTH = {"TRUE": "FALSE", "FALSE": "TRUE"}

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {")", "]", "}"}
# What a clause, the text a mutant is known by, does not reach across.
CLAUSE_ENDS = {"(", ")", ",", ";", "{", "}", "&&", "||", "[", "]", "else", "do"}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
HEADS = {"if", "while", "for", "switch"}
JUMPS = {"return", "break", "continue", "goto"}
DECLARING = {"const", "static", "struct", "union", "enum", "volatile"}
# Of what an identifier quotes.
TEXT_LENGTH = 120
NOT_MUTATED = {"ASSERT", "NT_ASSERT", "C_ASSERT"}

# Acquire, its release, and whether all uses in the file make one mutant: what one function acquires another
# releases. Spin locks are taken away hold by hold.
LOCKS = (
    ("KeAcquireSpinLock", "KeReleaseSpinLock", False),
    ("KeEnterCriticalRegion", "KeLeaveCriticalRegion", True),
    ("ExAcquireRundownProtection", "ExReleaseRundownProtection", True),
)


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclasses.dataclass(frozen=True)
class Mutant:
    """Edits are (start, end, replacement), in order and apart. Text is what the identifier says of them."""

    file: str
    function: str
    operator: str
    text: str
    edits: tuple
    ordinal: int = 0

    @property
    def name(self):
        return f"{self.file}:{self.function}:{self.operator}:{self.text}:{self.ordinal}"

    def apply(self, source):
        for start, end, replacement in reversed(self.edits):
            replacement += "\n" * (source.count("\n", start, end) - replacement.count("\n"))
            source = source[:start] + replacement + source[end:]
        return source


def tokenize(source):
    for match in TOKEN.finditer(source):
        if match.lastgroup == "directive":
            define = DEFINE.match(match.group())
            if define:
                yield Token("define", define.group(1), match.start() + define.end(), match.end())
        elif match.lastgroup != "space":
            yield Token(match.lastgroup, match.group(), match.start(), match.end())


def one_line(text):
    """Text as it stands in an identifier: without comments, and not for ever."""
    text = " ".join(re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL).split())
    return text if len(text) <= TEXT_LENGTH else text[:TEXT_LENGTH] + "..."


def change(token, replacement):
    """How an identifier names what became of a token."""
    if replacement.startswith("("):
        return replacement.strip("()")
    return f"{token.text} -> {replacement or 'nothing'}"


class File:
    """A source file's tokens, and which bracket belongs to which."""

    def __init__(self, name, source):
        self.name = name
        self.source = source
        tokens = list(tokenize(source))
        self.defines = [token for token in tokens if token.kind == "define"]
        self.tokens = [token for token in tokens if token.kind != "define"]
        self.partner = {}
        stack = []
        for index, token in enumerate(self.tokens):
            if token.text in OPENING and token.kind == "sign":
                stack.append(index)
            elif token.text in CLOSING and token.kind == "sign":
                opening = stack.pop()
                if OPENING[self.tokens[opening].text] != token.text:
                    raise ValueError(f"{name}: {token.text} at offset {token.start} closes nothing")
                self.partner[opening], self.partner[index] = index, opening
        if stack:
            raise ValueError(f"{name}: unbalanced {self.tokens[stack[-1]].text}")

    def text(self, first, last):
        """What stands from one token to another, on one line."""
        return one_line(self.source[self.tokens[first].start : self.tokens[last].end])

    def is_at(self, index, *texts):
        return 0 <= index < len(self.tokens) and self.tokens[index].text in texts

    def functions(self):
        """(name, index of the opening brace, of the closing one) of each function defined."""
        index = 0
        while index < len(self.tokens):
            if self.tokens[index].text in OPENING:
                end = self.partner[index]
                if self.is_at(index, "{") and self.is_at(index - 1, ")"):
                    yield self.tokens[self.partner[index - 1] - 1].text, index, end
                index = end
            index += 1

    def mutated(self, first, last):
        """Indices of the tokens from first to last without those of assertions."""
        index = first
        while index <= last:
            if self.tokens[index].text in NOT_MUTATED and self.is_at(index + 1, "("):
                index = self.partner[index + 1]
            else:
                yield index
            index += 1

    def end_of_statement(self, index):
        while not self.is_at(index, ";"):
            index = self.partner.get(index, index) + 1 if self.tokens[index].text in OPENING else index + 1
        return index

    def is_declaration(self, index):
        if self.tokens[index].text in DECLARING:
            return True
        if self.tokens[index].kind != "name":
            return False
        after = index + 1
        while self.is_at(after, "*", "const"):
            after += 1
        return self.tokens[after].kind == "name"

    def statements(self, first, last):
        """(first token, semicolon) of each expression statement between two braces."""
        index = first + 1
        while index < last:
            text = self.tokens[index].text
            if text in HEADS:
                index = self.partner[index + 1] + 1
            elif text in ("{", "}", ";", "else", "do"):
                index += 1
            elif text == "case" or self.is_at(index + 1, ":"):
                while not self.is_at(index, ":"):
                    index += 1
                index += 1
            else:
                end = self.end_of_statement(index)
                if text not in JUMPS and not self.is_declaration(index) and text not in NOT_MUTATED:
                    yield index, end
                index = end + 1

    def ends_clause(self, index):
        text = self.tokens[index].text
        return text in CLAUSE_ENDS or (text == ":" and self.is_label(index))

    def is_label(self, colon):
        index = colon
        while not self.is_at(index - 1, ";", "{", "}", "?", "case"):
            index -= 1
        return not self.is_at(index - 1, "?")

    def clause(self, index):
        """The (first, last) token of the part of an expression that a token stands in; of a lone argument or
        index, of what it is given to."""
        first = last = index
        while not self.ends_clause(first - 1) or self.is_call_end(first - 1):
            first = self.partner[first - 1] if self.is_call_end(first - 1) else first - 1
        while not self.ends_clause(last + 1) or self.is_at(last + 1, "(", "["):
            last = self.partner[last + 1] if self.is_at(last + 1, "(", "[") else last + 1
        if first == last and self.is_at(first - 1, "(", "[", ","):
            opening = self.opening_before(first)
            if not self.is_at(opening - 1, *HEADS):
                return self.clause(opening - 1)
        return first, last

    def opening_before(self, index):
        """The bracket that a token stands in."""
        index -= 1
        while self.tokens[index].text not in OPENING:
            index = self.partner.get(index, index) - 1
        return index

    def is_call_end(self, index):
        """Whether a bracket closes within the expression, so that the clause goes on before it."""
        return self.is_at(index, ")", "]") and not self.is_at(self.partner[index] - 1, *HEADS)


class Generator:
    def __init__(self, file, constants):
        self.file = file
        self.constants = constants
        self.found = []

    def add(self, function, operator, text, *edits):
        self.found.append(Mutant(self.file.name, function, operator, text, tuple(sorted(edits))))

    def change_token(self, function, operator, index, replacement):
        token = self.file.tokens[index]
        text = f"{self.file.text(*self.file.clause(index))} [{change(token, replacement)}]"
        self.add(function, operator, text, (token.start, token.end, replacement))

    def token_mutants(self, function, index):
        token = self.file.tokens[index]
        if token.kind == "sign":
            for table in (NEGATED, BOUNDARY):
                if token.text in table:
                    self.change_token(function, "CMP", index, table[token.text])
            if token.text in EXCHANGED:
                self.change_token(function, "LOGIC", index, EXCHANGED[token.text])
            if token.text == "!":
                self.change_token(function, "LOGIC", index, "")
        else:
            for replacement in self.off_by_one(token):
                self.change_token(function, "CONST", index, replacement)

    def off_by_one(self, token):
        number = NUMBER.match(token.text) if token.kind == "number" else None
        if number:
            value, suffix = int(number.group(1), 0), number.group(2)
            return f"{value + 1}{suffix}", f"{value - 1}{suffix}" if value else f"(0{suffix} - 1)"
        if token.text in TRUTH:
            return (TRUTH[token.text],)
        if token.kind == "name" and token.text in self.constants:
            return f"({token.text} + 1)", f"({token.text} - 1)"
        return ()

    def define_mutants(self, define):
        body = self.file.source[define.start : define.end]
        for token in tokenize(body):
            for replacement in self.off_by_one(token):
                edit = (define.start + token.start, define.start + token.end, replacement)
                self.add(define.text, "CONST", f"{one_line(body)} [{change(token, replacement)}]", edit)

    def force(self, function, text, first, last):
        """A condition's tokens from first to last become true, and false."""
        file = self.file
        start, end = file.tokens[first].start, file.tokens[last].end
        for value, truth in (("1", "true"), ("0", "false")):
            edits = ((start, start, "(("), (end, end, f"), {value})"))
            self.add(function, "COND", f"{text} [{truth}]", *edits)

    def condition_mutants(self, function, index):
        file, token = self.file, self.file.tokens[index].text
        if token in ("if", "while"):
            first, last = index + 2, file.partner[index + 1] - 1
            self.force(function, f"{token} ({file.text(first, last)})", first, last)
        elif token == "for":
            first = file.end_of_statement(index + 2) + 1
            last = file.end_of_statement(first) - 1
            if first <= last:
                self.force(function, f"for ({file.text(first, last)})", first, last)
        elif token == "?":
            first = index
            ends = {"(", ",", ";", "{", "?", ":", "return"} | ASSIGNMENTS
            while not file.is_at(first - 1, *ends):
                first = file.partner[first - 1] if file.is_at(first - 1, ")", "]") else first - 1
            self.force(function, f"{file.text(first, index - 1)} ?", first, index - 1)

    def removal(self, index):
        """The edit that takes away a call of a lock, and what it takes."""
        file = self.file
        end = file.partner[index + 1]
        is_value = not file.is_at(end + 1, ";") or not file.is_at(index - 1, ";", "{", "}", ")", "else")
        return file.tokens[index].start, file.tokens[end].end, "1" if is_value else ""

    def spin_lock_mutants(self, acquires, releases):
        """Each hold by itself; a release without an acquire in its function belongs to an acquire alike."""
        free = list(releases)
        alone = []
        for function, index, argument in acquires:
            mine = [release for release in free if release[0] == function and release[1] > index]
            if mine:
                free.remove(mine[0])
                self.add_lock(function, index, mine[:1])
            else:
                alone.append((function, index, argument))
        for function, index, argument in alone:
            self.add_lock(function, index, [release for release in free if release[2] == argument])

    def add_lock(self, function, index, others):
        file = self.file
        edits = [self.removal(index)] + [self.removal(other) for _, other, _ in others]
        self.add(function, "LOCK", file.text(index, file.partner[index + 1]), *edits)

    def lock_mutants(self, functions):
        file = self.file
        for acquire, release, whole in LOCKS:
            uses = {acquire: [], release: []}
            for function, first, last in functions:
                for index in file.mutated(first, last):
                    if file.tokens[index].text in uses:
                        argument = file.text(index + 1, file.partner[index + 1]).strip("()").split(",")[0]
                        uses[file.tokens[index].text].append((function, index, argument))
            if not whole:
                self.spin_lock_mutants(uses[acquire], uses[release])
                continue
            for argument in dict.fromkeys(use[2] for use in uses[acquire]):
                alike = [use for use in uses[acquire] + uses[release] if use[2] == argument]
                self.add_lock(alike[0][0], alike[0][1], alike[1:])

    def run(self):
        file = self.file
        functions = list(file.functions())
        for define in file.defines:
            self.define_mutants(define)
        for function, first, last in functions:
            for index in file.mutated(first, last):
                self.token_mutants(function, index)
                self.condition_mutants(function, index)
            for start, end in file.statements(first, last):
                edit = (file.tokens[start].start, file.tokens[end].start, "")
                self.add(function, "STMT", file.text(start, end), edit)
        self.lock_mutants(functions)
        return self.numbered()

    def numbered(self):
        """In the order of the file, those alike in a function told apart by an ordinal."""
        seen = collections.Counter()
        result = []
        for mutant in sorted(self.found, key=lambda mutant: mutant.edits[0][0]):
            key = (mutant.function, mutant.operator, mutant.text)
            seen[key] += 1
            result.append(dataclasses.replace(mutant, ordinal=seen[key]))
        return result


def mutants(name, source, constants):
    """All mutants of a file's text. Constants: the names in it that stand for a number."""
    return Generator(File(name, source), constants).run()


def names(source):
    """The names that may stand for a constant."""
    return {token.text for token in tokenize(source) if token.kind == "name"} - {"NULL"}


def functions(name, source):
    """(name, offset just behind the opening brace) of each function."""
    file = File(name, source)
    return [(function, file.tokens[first].end) for function, first, _ in file.functions()]


def line_of(source, offset):
    """The number of the line that an offset is on, from 1."""
    starts = [match.end() for match in re.finditer("\n", source)]
    return bisect.bisect_right(starts, offset) + 1
