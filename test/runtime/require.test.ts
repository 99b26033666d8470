// What a host is and has, each look for itself: on files and programs that
// the test sets up.
import { expect, it } from "vitest";
import { Bench, inEachShell, sh } from "./harness.js";

/** What `rt_require_compare` says of two versions, or two numbers. */
const COMPARED = [
  ["9", "10", "lt"],
  ["10", "9", "gt"],
  ["20.04", "20.4", "eq"],
  ["20.10", "20.9", "gt"],
  ["13.4.1", "13", "eq"],
  ["13.4.1", "13.4.0", "gt"],
  ["13", "13.1", "lt"],
  ["13", "13.0", "eq"],
  ["08.010", "8.10", "eq"],
  ["3.20_alpha1", "3.20", "eq"],
  ["3.20_alpha1.7", "3.20.1", "lt"],
  ["6.18.44-fc-v595", "6.18.44", "eq"],
  ["14.0-RELEASE-p3", "14", "eq"],
  ["", "1", "lt"],
  ["4294967296", "4294967297", "lt"],
  ["99999999999999999999", "100000000000000000000", "lt"],
] as const;

const RELEASES = {
  debian: 'PRETTY_NAME="D\u00e9bian"\nID=debian\nVERSION_ID="12"\n',
  mint: "ID=linuxmint\r\nID_LIKE='ubuntu debian'\r\nVERSION_ID='21.2'\r\n",
  sid: 'NAME="x"\nID=debian\n',
  nasty: 'ID="$(touch pwned)`touch pwned`"\nID_LIKE=a;touch pwned\nVERSION_ID="x"\nXID=no\n',
  "no last newline": "ID=alpine\nVERSION_ID=3.18.4",
} as const;

inEachShell("require", (shell) => {
  it("compares versions number by number, as far as the asked one goes", async () => {
    const lines = COMPARED.map(([a, b]) => `rt_require_compare ${sh(a)} ${sh(b)}\nput "$RT_REPLY"`);
    const values = await new Bench(shell).values(["require-os"], lines.join("\n"));
    expect(values).toEqual(COMPARED.map(([, , order]) => order));
  });

  it("reads an os-release as data", async () => {
    const bench = new Bench(shell);
    const files = Object.values(RELEASES).map((text, index) => bench.write(`release-${index}`, text));
    const lines = files.map(
      (file) => `rt_os_id='' rt_os_like=''
rt_require_release ${sh(file)}
put "$rt_os_id|$rt_os_like|$rt_os_version"`,
    );
    const values = await bench.values(["require-os"], `${lines.join("\n")}\n[ ! -e pwned ] || put pwned`);
    expect(values).toEqual([
      "debian||12",
      "linuxmint|ubuntu debian|21.2",
      "debian||rolling",
      "$(touch pwned)`touch pwned`|a;touch pwned|rolling",
      "alpine||3.18.4",
    ]);
  });

  it.each([
    ["debian", "debian", true],
    ["debian", "debian >= 11", true],
    ["debian", "debian > 12", false],
    ["debian", "debian < 9", false],
    ["debian", "debian = 12", true],
    ["debian", "debian <= 12", true],
    ["debian", "debian < 13", true],
    ["debian", "ubuntu", false],
    ["debian", "linux", true],
    ["debian", "linux >= 1", true],
    ["debian", "linux > 9999", false],
    ["debian", "macos", false],
    ["mint", "ubuntu", true],
    ["mint", "debian", true],
    ["mint", "ubuntu >= 20.04", false],
    ["mint", "linuxmint >= 21", true],
    ["sid", "debian >= 11", true],
    ["sid", "debian > 99", true],
    ["sid", "debian = 12", false],
    ["sid", "debian < 99", false],
  ] as const)("on %s, %s: %s", async (release, entry, fits) => {
    const bench = new Bench(shell);
    const lines = `rt_os_id='' rt_os_like='' rt_kernel=linux
rt_require_release ${sh(bench.write("release", RELEASES[release]))}
rt_require_fits ${entry.split(" ").map(sh).join(" ")}
put "$?"`;
    expect(await bench.values(["require-os"], lines)).toEqual([fits ? "0" : "1"]);
  });

  it("takes macOS and the BSDs for what uname and sw_vers say", async () => {
    const bench = new Bench(shell);
    bench.write("bin/uname", '#!/bin/sh\ncase $1 in -s) echo "$SYSTEM" ;; *) echo 14.1-RELEASE-p3 ;; esac\n', 0o755);
    bench.write("bin/sw_vers", "#!/bin/sh\necho 13.4.1\n", 0o755);
    const lines = ["Darwin", "FreeBSD"].map(
      (system) => `export SYSTEM=${system}
rt_require_system
put "$rt_os_id $rt_os_version"
rt_require_fits linux || put 'no linux'`,
    );
    const path = `PATH=${sh(bench.path("bin"))}:$PATH\n`;
    expect(await bench.values(["require-os"], path + lines.join("\n"))).toEqual([
      "macos 13.4.1",
      "no linux",
      "freebsd 14.1-RELEASE-p3",
      "no linux",
    ]);
  });

  it.each([
    ["x86_64", "64", "x86_64"],
    ["amd64", "64", "x86_64"],
    ["x86_64", "32", "i386"],
    ["arm64", "64", "aarch64"],
    ["aarch64", "32", "armv7"],
    ["armv7l", "32", "armv7"],
    ["i686", "32", "i386"],
    ["riscv64", "64", "riscv64"],
    ["sparc64", "64", "sparc64"],
  ])("names the machine %s with %s bits %s", async (machine, bits, named) => {
    const bench = new Bench(shell);
    bench.write("bin/uname", `#!/bin/sh\necho ${machine}\n`, 0o755);
    bench.write("bin/getconf", `#!/bin/sh\necho ${bits}\n`, 0o755);
    const lines = `PATH=${sh(bench.path("bin"))}:$PATH\nrt_require_machine\nput "$RT_REPLY"`;
    expect(await bench.values(["require"], lines)).toEqual([named]);
  });

  it("finds programs on PATH alone, and those that can be run", async () => {
    const bench = new Bench(shell);
    bench.write("one/plain", "", 0o644);
    bench.write("one/both", "", 0o644);
    bench.write("two/both", "#!/bin/sh\n", 0o755);
    bench.write("one/folder/x", "");
    bench.write("here", "#!/bin/sh\n", 0o755);
    bench.write("with blank/spaced", "#!/bin/sh\n", 0o755);
    const names = ["plain", "both", "folder", "spaced", "here", "nowhere", "cd"];
    const printf = bench.programs("printf", ["printf"]);
    const path = [bench.path("one"), bench.path("two"), bench.path("with blank"), printf].join(":");
    const lines = names.map((name) => `rt_require_has ${name} && put ${name}`).join("\n");
    const outside = `rt_old=$PATH PATH=${sh(path)}\n${lines}\nPATH=$rt_old:; cd ${sh(bench.root)}
rt_require_has here && put 'here, with an empty folder'`;
    expect(await bench.values(["require"], outside, { cwd: "/" })).toEqual([
      "both",
      "spaced",
      "cd",
      "here, with an empty folder",
    ]);
  });

  it("says sizes in numbers that no shell is too small for", async () => {
    const sizes = [["0", "0 KiB"], ["5000", "5000 KiB"], ["1048576", "1024 MiB"], ["999999999", "976562 MiB"]];
    sizes.push(["4294967296", "4094 GiB"], ["1073741824000", "more than 900 TiB"]);
    const lines = sizes.map(([kib]) => `rt_require_size ${kib}\nput "$RT_REPLY"`).join("\n");
    expect(await new Bench(shell).values(["require-disk"], lines)).toEqual(sizes.map(([, said]) => said));
  });

  it("reads what df says, also where it says nothing", async () => {
    const bench = new Bench(shell);
    const df = (line: string): string =>
      `#!/bin/sh\necho 'Filesystem 1024-blocks Used Available Capacity Mounted on'\necho '${line}'\n`;
    const asked = async (line: string): Promise<readonly string[]> => {
      bench.write("bin/df", df(line), 0o755);
      const lines = `PATH=${sh(bench.path("bin"))}:$PATH rt_room='' rt_places='' rt_verdict=met
rt_require_room 1000 ${sh(bench.path("not", "there"))}
put "$rt_verdict"
put "$rt_places"`;
      return bench.values(["require-disk"], lines);
    };
    const { root } = bench;
    expect(await asked("/dev/a 9999 1 1000 1% /")).toEqual(["met", `1000 KiB free in ${root}`]);
    expect(await asked("map auto home 9999 1 999 100% /mnt/a b")).toEqual(["unmet", `999 KiB free in ${root}`]);
    expect(await asked("/dev/a 99 1 -5 101% /")).toEqual(["unmet", `0 KiB free in ${root}`]);
    expect(await asked("/dev/a 99999999999 1 88888888888 1% /")).toEqual(["met", `84736 GiB free in ${root}`]);
    expect(await asked("proc 0 0 0 - /proc")).toEqual(["unknown", `df does not tell for ${root}`]);
  });
});

const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n";
const zeros = "0".repeat(32);

/** A line of /proc/net/ipv6_route. */
function six(destination: string, length: string, device: string): string {
  return `${destination} ${length} ${zeros} 00 ${zeros} 00000400 00000002 00000000 00000003 ${device}\n`;
}

const OWN_IPV6 =
  six(`${"0".repeat(31)}1`, "80", "      lo") +
  six("fd000000000000000000000000000002", "80", "    eth0") +
  six("fe80000000000000fc00fffffe000001", "40", "    eth0") +
  six("ff000000000000000000000000000000", "08", "    eth0") +
  six(zeros, "00", "      lo");

inEachShell("require-network", (shell) => {
  it.each([
    ["none at all", HEAD, "", "1"],
    ["the host's own", `${HEAD}lo\t0000007F\t00000000\t0001\n`, OWN_IPV6, "1"],
    ["a link-local one", `${HEAD}eth0\t0000FEA9\t00000000\t0001\n`, "", "1"],
    ["a refusing one", `${HEAD}*\t00000000\t00000000\t0201\n`, "", "1"],
    ["a default route", `${HEAD}eth0\t00000000\t010200C0\t0003\n`, "", "0 eth0"],
    ["a route to one network", `${HEAD}wlan0\t000200C0\t00000000\t0001\n`, OWN_IPV6, "0 wlan0"],
    ["one of IPv6", HEAD, OWN_IPV6 + six(zeros, "00", "    eth1"), "0 eth1"],
  ])("%s", async (_, four, ipv6, answer) => {
    const bench = new Bench(shell);
    const files = [bench.write("route", four), bench.write("ipv6_route", ipv6)];
    const lines = `rt_require_routes ${files.map(sh).join(" ")} && put "0 $RT_REPLY" || put 1`;
    expect(await bench.values(["require-network"], lines)).toEqual([answer]);
  });

  it("reads the default route of macOS from netstat", async () => {
    const bench = new Bench(shell);
    const few = bench.programs("few", ["sed", "printf"]);
    const table = (line: string): string => `#!/bin/sh\necho 'Routing tables'\necho '${line}'\n`;
    const lines = `PATH=${sh(bench.path("bin"))}:$PATH\nrt_require_netstat || put 'cannot tell'\nput "$RT_REPLY"`;
    bench.write("bin/netstat", table("default   192.0.2.1  UGScg  en0"), 0o755);
    expect(await bench.values(["require-network"], lines)).toEqual(["default 192.0.2.1 UGScg en0"]);
    bench.write("bin/netstat", table("default   fe80::%utun0  UGcIg  utun0"), 0o755);
    expect(await bench.values(["require-network"], lines)).toEqual([""]);
    const without = `PATH=${sh(few)}\nrt_require_netstat || put 'cannot tell'`;
    expect(await bench.values(["require-network"], without)).toEqual(["cannot tell"]);
  });
});
