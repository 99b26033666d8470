import { nearest } from "../diagnostics/suggest.js";
import { parseSystem, repairSystem } from "../requirements.js";

/** What Linux systems call themselves: ID in their os-release. */
const LINUXES: readonly string[] = [
  ...["almalinux", "alpine", "amzn", "arch", "archarm", "bottlerocket", "centos", "chimera"],
  ...["debian", "deepin", "devuan", "elementary", "endeavouros", "fedora", "flatcar", "gentoo"],
  ...["kali", "linuxmint", "mageia", "manjaro", "neon", "nixos", "ol", "opensuse"],
  ...["opensuse-leap", "opensuse-tumbleweed", "openwrt", "photon", "pop", "postmarketos"],
  ...["raspbian", "rhel", "rocky", "slackware", "sled", "sles", "solus", "suse", "ubuntu"],
  ...["void", "wolfi", "zorin"],
];

const KNOWN = [...LINUXES, "linux", "macos", "freebsd", "openbsd", "netbsd", "dragonfly"];

/** What people call a system that has another id. */
const CALLED: Readonly<Record<string, string>> = {
  amazon: "amzn",
  amazonlinux: "amzn",
  archlinux: "arch",
  darwin: "macos",
  mac: "macos",
  mint: "linuxmint",
  oracle: "ol",
  osx: "macos",
  redhat: "rhel",
  rockylinux: "rocky",
};

/** Shorter ones that are unknown are as likely right as mistyped. */
const SHORTEST = 5;

/** Whether a host of this id is known to be one of Linux. */
export function isLinux(id: string): boolean {
  return LINUXES.includes(id);
}

/** What an unknown id was meant to be, where that is plain: there are others. */
export function idMeantBy(id: string): string | undefined {
  if (KNOWN.includes(id)) return undefined;
  if (Object.hasOwn(CALLED, id)) return CALLED[id];
  // `ubuntu-20.04` could be the id of a system, and is none.
  const apart = repairSystem(id);
  if (apart !== undefined && KNOWN.includes(parseSystem(apart)?.id ?? "")) return apart;
  return id.length < SHORTEST ? undefined : nearest(id, KNOWN);
}
