import { shellCode } from "./shell-code.js";

/** A construct that the emitted shell must not have. */
export interface Rule {
  readonly name: string;
  readonly why: string;
  readonly pattern: RegExp;
  /** Lines that it refuses and lines that it lets pass, for its own test. */
  readonly refuses: readonly string[];
  readonly accepts: readonly string[];
}

/** Where a command's name can stand. */
const COMMAND = String.raw`(?:^|[;&|({\x60]|\b(?:then|do|else|if|while|until|elif|exec|command)\b|!)\s*`;

function command(name: string, rest = ""): RegExp {
  return new RegExp(`${COMMAND}${name}(?=[\\s;&|)]|$)${rest}`, "m");
}

/** DESIGN.md, section 7, and the measured gaps of the eight shells. */
export const RULES: readonly Rule[] = [
  {
    name: "local",
    why: "missing in ksh93 and in some yash",
    pattern: command("(?:local|typeset|declare)"),
    refuses: ["local x=1", "f() { local x; }", "if x; then typeset y; fi"],
    accepts: ["echo local", "x=local", "# local x"],
  },
  {
    name: "a loop over a result",
    why: "yash makes a loop's variable the function's own: what is set later is lost",
    pattern: /\bfor\s+RT_\w+/m,
    refuses: ["for RT_REPLY; do", "for RT_REPLY in a b; do"],
    accepts: ["for rt_word in a b; do", "before RT_REPLY"],
  },
  {
    name: "echo with an option",
    why: "prints it in some shells",
    pattern: command("echo", "\\s+-"),
    refuses: ["echo -n x", "x && echo -e 'y'"],
    accepts: ["echo x", "printf '%s' '-n'", "echo '-n is text'"],
  },
  {
    name: "which",
    why: "not POSIX: command -v",
    pattern: command("which"),
    refuses: ["which sh", "x=$(which sh)"],
    accepts: ["command -v sh", "echo 'in which it'", "# which is it"],
  },
  {
    name: "seq",
    why: "not POSIX",
    pattern: command("seq"),
    refuses: ["seq 3", "for i in $(seq 3); do :; done"],
    accepts: ["rt_seq=1", "x=$seq"],
  },
  {
    name: "head -c",
    why: "not POSIX: dd",
    pattern: command("head", "\\s+-c"),
    refuses: ["head -c 3 x", "x | head -c3"],
    accepts: ["head -n 3 x"],
  },
  {
    name: "cp -a",
    why: "not POSIX: cp -R -p -P",
    pattern: command("cp", "\\s+(?:-\\w+\\s+)*-\\w*[ad]"),
    refuses: ["cp -a x y", "cp -ra x y", "cp -R -a x y"],
    accepts: ["cp -R -p x y", "cp -p -- -a y"],
  },
  {
    name: "sed -i",
    why: "not POSIX, and differs from host to host",
    pattern: command("sed", "\\s+(?:-\\w+\\s+)*-\\w*i"),
    refuses: ["sed -i s/a/b/ x", "sed -n -i x y"],
    accepts: ["sed -n p x", "sed s/-i/x/ y"],
  },
  {
    name: "mktemp without a fallback",
    why: "not POSIX",
    pattern: /\bmktemp\b(?!.*\|\|)/m,
    refuses: ["x=$(mktemp)", "mktemp -d x"],
    accepts: ["x=$(mktemp -d) || x=$TMPDIR/y"],
  },
  {
    name: "[[",
    why: "not POSIX",
    pattern: command("\\[\\["),
    refuses: ["[[ x = y ]]", "if [[ -n x ]]; then :; fi"],
    accepts: ["case $x in *[[:alnum:]]*) ;; esac"],
  },
  {
    name: "$'…'",
    why: "not in POSIX.1-2017, nor in dash",
    pattern: /(^|[^\\"\w])\$'/m,
    refuses: ["x=$'\\n'"],
    accepts: ["x='$'", "x=\"\\$\"'y'"],
  },
  {
    name: "read with an option but -r",
    why: "read -t and the like are not portable",
    pattern: command("read", "\\s+-(?!r\\s)"),
    refuses: ["read -t 1 x", "while read -rt 1 x; do :; done", "read -p x y"],
    accepts: ["read -r x", "while read -r x; do :; done", "read x"],
  },
  {
    name: "wait -n",
    why: "not portable",
    pattern: command("wait", "\\s+-"),
    refuses: ["wait -n"],
    accepts: ["wait", 'wait "$x"'],
  },
  {
    name: "function",
    why: "not POSIX: name() { … }",
    pattern: command("function"),
    refuses: ["function f { :; }", "function f() { :; }"],
    accepts: ["f() { :; }", "rt_function=x"],
  },
  {
    name: "an external kill",
    why: "some read a group's number as an option, and end every process",
    pattern: /(?:\/bin\/kill|\b(?:env|exec|command|xargs|nohup|setsid)\s+kill|\bpkill|\bkillall)\b/m,
    refuses: ["/bin/kill -s TERM 1", "xargs kill", "/usr/bin/kill x", "pkill sh"],
    accepts: ["kill -s TERM 1", "command -v kill"],
  },
  {
    name: "kill spelled otherwise",
    why: "kill -s SIG -- -PGID, kill -s SIG PID and kill -0 PID alone",
    pattern: command("kill", `(?!\\s+(?:-0\\s+"?[\\$\\d]|-s\\s+(?:[A-Z]+|"?\\$\\{?\\w+\\}?"?)\\s+(?:--\\s+-?)?["$\\d]))`),
    refuses: [
      'kill "$x"',
      "kill -TERM 1",
      "kill -9 1",
      "kill -s TERM -1",
      'kill -s TERM -"$x"',
      "kill -- -1",
      "if kill -15 1; then :; fi",
    ],
    accepts: [
      'kill -s TERM "$x"',
      'kill -s TERM -- -"$x"',
      'kill -s "$signal" "$x"',
      "kill -s TERM $$",
      'kill -0 "$x"',
      'kill -0 "${x#y}"',
    ],
  },
  {
    name: '"$@" for a list that may be empty',
    why: 'unset for some: ${1+"$@"}',
    pattern: /(?:\bin|\bmain)\s+"\$@"/m,
    refuses: ['for x in "$@"; do :; done', 'main "$@"'],
    accepts: ['for x in ${1+"$@"}; do :; done', 'exec "$@"'],
  },
  {
    name: "a descriptor of two digits",
    why: "exec of 10 and up fails in dash, mksh, ksh93 and zsh",
    pattern: /(?:^|\s)\d{2,}[<>]/m,
    refuses: ["exec 10>x", "exec 3>x 12<y"],
    accepts: ["exec 3>x", "x=10"],
  },
  {
    name: "a redirection of bash",
    why: "not POSIX",
    pattern: /&>|<<<|\|&|(?:^|\s)[<>]\(/m,
    refuses: ["x &>y", "x <<<y", "x |& y", "x <(y)"],
    accepts: ["x >y 2>&1", "x 3>&-", "x & y"],
  },
  {
    name: "an expansion of bash",
    why: "not POSIX",
    pattern: /\$\{\w+(?:\/|\^|,|:\d|:\s+-\d|@|\[)|\$\{!|(?:^|\s)\w+=\(|\$\[/m,
    refuses: ['"${x//a/b}"', "${x^^}", "${x:0:1}", "${!x}", "x=(a b)", "${x[0]}"],
    accepts: ['"${x:-0}"', "${x#a}", "${x%%b}", "x=$(a b)", "${x+1}"],
  },
  {
    name: "(( … ))",
    why: "not POSIX: $((…)), with an assignment in front",
    pattern: new RegExp(`${COMMAND}(?:let\\s|\\(\\()`, "m"),
    refuses: ["((x++))", "let x=1", "if ((x)); then :; fi"],
    accepts: ["x=$((x + 1))", "( ( : ) )"],
  },
  {
    name: "== in a test",
    why: "not POSIX: =",
    pattern: /(?:\[|\btest)\s[^\]\n]*\s==\s/m,
    refuses: ["[ x == y ]", "test x == y"],
    accepts: ["[ x = y ]", "x=$((a == b))"],
  },
  {
    name: "-nt or -ot in a test",
    why: "missing in busybox",
    pattern: /(?:\[|\btest)\s[^\]\n]*\s-(?:nt|ot|ef)\s/m,
    refuses: ["[ x -nt y ]"],
    accepts: ["[ x -gt 1 ]"],
  },
  {
    name: "pipefail",
    why: "missing in dash",
    pattern: /\bpipefail\b/m,
    refuses: ["set -o pipefail"],
    accepts: ["set -eu"],
  },
  {
    name: "source",
    why: "not POSIX: .",
    pattern: command("source"),
    refuses: ["source x"],
    accepts: [". x", "rt_source=x"],
  },
  {
    name: "a trap that is not of POSIX",
    why: "ERR, DEBUG and RETURN are other shells'",
    pattern: /\btrap\s.*\b(?:ERR|DEBUG|RETURN)\b/m,
    refuses: ["trap x ERR"],
    accepts: ["trap x EXIT", "trap - INT TERM"],
  },
  {
    name: "readlink -f",
    why: "missing on old hosts",
    pattern: /\breadlink\s+-|\brealpath\b/m,
    refuses: ["x=$(readlink -f y)", "realpath x"],
    accepts: ["x=$(readlink y)"],
  },
  {
    name: "printf with an option or %q",
    why: "printf -v and %q are other shells'",
    pattern: command("printf", "\\s+-(?!-\\s)"),
    refuses: ["printf -v x y"],
    accepts: ["printf '%s' x", "printf -- '-x'"],
  },
];

/** Which rules a shell text breaks: `file:line: rule (why)`. */
export function findFaults(text: string, file: string): readonly string[] {
  const lines = shellCode(text).split("\n");
  return lines.flatMap((line, index) =>
    RULES.filter((rule) => rule.pattern.test(line)).map(
      (rule) => `${file}:${index + 1}: ${rule.name}: ${rule.why}`,
    ),
  );
}

/** Lines of our own shell that are too long or are not ASCII. */
export function findLayoutFaults(text: string, file: string): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    const where = `${file}:${index + 1}`;
    const columns = line.replaceAll("\t", "        ").length;
    const faults: string[] = [];
    if (columns > 80) faults.push(`${where}: ${columns} columns`);
    if (/[^\x00-\x7f]/.test(line)) faults.push(`${where}: not ASCII`);
    if (/[ \t]$/.test(line)) faults.push(`${where}: ends in blanks`);
    return faults;
  });
}

/** A disabled rule of ShellCheck without its reason on that line. */
export function findBareDisables(text: string, file: string): readonly string[] {
  return text.split("\n").flatMap((line, index) => {
    const directive = /#\s*shellcheck\s+disable=[\w,]+(.*)$/.exec(line);
    if (!directive || /#\s*\S+\s+\S+/.test(directive[1] ?? "")) return [];
    return [`${file}:${index + 1}: no reason for: ${line.trim()}`];
  });
}
