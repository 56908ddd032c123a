/** What a look asks beside the list of devices. */
export interface LookRequest {
  /** Guest PCI addresses of the drives whose holders are asked for. */
  holdersOf?: readonly string[];
  /** Have the kernel scan its PCI bus first. */
  rescan?: boolean;
}

/**
 * The script of one look, for any POSIX shell (dash and busybox are held to it by test). It changes nothing, but for
 * the rescan that is asked for. It answers in lines of fields between tabs, each line a record; `look.ts` reads them.
 * What a login shell's rc file or a ForceCommand prints stands outside of the two lines that begin with `nonce`, of
 * which the last has the number of records.
 */
export function lookScript(nonce: string, { holdersOf = [], rescan = false }: LookRequest): string {
  const body = [
    ...(rescan ? ["echo 1 >/sys/bus/pci/rescan"] : []),
    LIST,
    ...(holdersOf.length > 0 ? [HOLDERS, ...holdersOf.map((address) => `holders ${address}`)] : []),
    "echo done",
  ];
  return [
    PREAMBLE,
    `echo ${nonce} begin`,
    `{\n${body.join("\n")}\n} </dev/null 2>/dev/null | {`,
    COUNT,
    `echo ${nonce} end $n`,
    "}",
    "",
  ].join("\n");
}

/** An address goes into the script as it is: nothing else may. */
export function isGuestAddress(text: string): boolean {
  return /^[\da-f]{4,8}:[\da-f]{2}:[\da-f]{2}\.[0-7]$/.test(text);
}

// A non-interactive PATH may lack sbin, where some distributions have lspci. `first` takes the first line of a file,
// without the blanks around it, into v.
const PREAMBLE = `LC_ALL=C PATH="$PATH:/usr/sbin:/sbin:/usr/bin:/bin"
export LC_ALL PATH
T=$(printf '\\t')
first() { v=; { read -r v <"$1"; } 2>/dev/null; }`;
const COUNT = `n=0
while IFS= read -r line; do printf '%s\\n' "$line"; n=$((n + 1)); done`;

// Of lspci only what every version prints the same: busybox's knows no -D. A namespace that isn't shared is a disk of
// its own name; of one that is shared by native multipath (nvme1c1n1), the head (nvme1n1) has the node.
const LIST = `pci=$(lspci -Dn) && [ -n "$pci" ] && printf '%s\\n' "$pci" |
  while IFS= read -r l; do printf 'lspci\\t%s\\n' "$l"; done
disks() {
  for b in "/sys/bus/pci/devices/$1"/nvme/nvme*/nvme*n*; do
    [ -d "$b" ] || continue
    b=\${b##*/}
    case $b in *c*n*) b=\${b%%c*}n\${b##*n} ;; esac
    [ -e "/sys/class/block/$b" ] && echo "$b"
  done
}
set -- /sys/bus/pci/devices/*
[ -e "$1" ] && echo bus
for d in /sys/bus/pci/devices/*; do
  first "$d/class"; c=$v
  case $c in 0x0108*) ;; *) continue ;; esac
  a=\${d##*/}
  first "$d/vendor"; e=$v; first "$d/device"; i=$v
  w=$(readlink "$d/driver"); w=\${w##*/}
  printf 'drive\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$a" "$c" "$e" "$i" "$w"
  for k in "$d"/nvme/nvme*; do
    [ -d "$k" ] || continue
    first "$k/state"; t=$v; first "$k/serial"; s=$v; first "$k/model"; m=$v
    printf 'controller\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$a" "\${k##*/}" "$t" "$s" "$m"
  done
  for b in $(disks "$a"); do printf 'disk\\t%s\\t%s\\n' "$a" "$b"; done
done`;

// Each holder is a record of its own: address, kind, node, and what it takes to name it. Mounts are looked for in the
// namespaces of all processes, by number and by name (btrfs shows numbers of its own).
// What holds for all drives is asked once: with 32 of them, once a drive takes longer than anybody waits.
const HOLDERS = `mounts=$(cat /proc/[0-9]*/mountinfo | sort -u)
maps=$(grep -s ' /dev/nvme' /proc/[0-9]*/maps)
if command -v find >/dev/null && command -v stat >/dev/null && command -v grep >/dev/null; then
  opens=$(find -L /proc/[0-9]*/fd -maxdepth 1 '(' -type b -o -type c ')' -exec stat -L -c '%n %t:%T;' {} +)
  asks=y
else
  asks=
fi
held() { printf 'held\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$2" "$3" "$4"; }
opener() { p=\${2#/proc/}; p=\${p%%/*}; first "/proc/$p/comm"; held "$a" process "$1" "$p $v"; }
number() { IFS=: read -r j q <"$1" && printf '%x:%x' "$j" "$q"; }
holders() {
  a=$1 nodes= numbers=
  printf 'asked\\t%s\\n' "$a"
  for b in $(disks "$a"); do
    for x in "/sys/class/block/$b" "/sys/class/block/$b"/"$b"*; do
      [ -e "$x/dev" ] || continue
      x=\${x##*/} nodes="$nodes $x" numbers="$numbers $(number "/sys/class/block/$x/dev")"
    done
    for g in "/sys/class/nvme-generic/ng\${b#nvme}/dev"; do [ -e "$g" ] && numbers="$numbers $(number "$g")"; done
  done
  for k in "/sys/bus/pci/devices/$a"/nvme/nvme*/dev; do [ -e "$k" ] && numbers="$numbers $(number "$k")"; done
  for x in $nodes; do
    first "/sys/class/block/$x/dev"
    printf '%s\\n' "$mounts" | grep -F -e " $v " -e " /dev/$x " | while read -r q q j q p r; do
      case "$j $r " in "$v "* | *" - "*" /dev/$x "*) held "$a" mount "$x" "$p" ;; esac
    done
    while read -r f q; do [ "$f" = "/dev/$x" ] && held "$a" swap "$x" ""; done </proc/swaps
    for h in "/sys/class/block/$x/holders"/*; do
      [ -e "$h" ] || continue
      h=\${h##*/}
      first "/sys/class/block/$h/dm/uuid"; u=$v; first "/sys/class/block/$h/dm/name"; y=$v
      held "$a" holder "$x" "$h $u $y"
    done
    for h in /sys/fs/btrfs/*/devices/"$x"; do [ -e "$h" ] && held "$a" btrfs "$x" ""; done
    for h in /sys/block/loop*/loop/backing_file; do
      [ -e "$h" ] || continue
      first "$h"
      [ "$v" = "/dev/$x" ] && h=\${h%/loop/*} && held "$a" loop "$x" "\${h##*/}"
    done
    c=/sys/kernel/config
    for h in $c/target/core/*/*/udev_path $c/nvmet/subsystems/*/namespaces/*/device_path; do
      [ -e "$h" ] || continue
      first "$h"
      [ "$v" = "/dev/$x" ] && held "$a" target "$x" "$h"
    done
    zpool list -vHLP | while IFS= read -r l; do
      case $l in "$T"*"/dev/$x$T"*) held "$a" zfs "$x" "$p" ;; "$T"*) ;; *) p=\${l%%"$T"*} ;; esac
    done
  done
  if [ -n "$asks" ]; then
    for q in $numbers; do
      printf '%s\\n' "$opens" | grep -F -e " $q;" | while read -r f t; do opener "$q" "$f"; done
    done
    for x in $nodes; do
      printf '%s\\n' "$maps" | grep -E " /dev/$x( |$)" | while IFS=: read -r f r; do opener "$x" "$f"; done
    done
  else
    printf 'unanswered\\t%s\\n' "$a"
  fi
  for b in $(disks "$a"); do exclusively "/dev/$b"; done
}
exclusively() {
  if command -v python3 >/dev/null; then
    r=$(python3 -c 'import os, sys
try: os.close(os.open(sys.argv[1], os.O_RDONLY | os.O_EXCL)); print(0)
except OSError as e: print(e.errno)' "$1")
  elif command -v perl >/dev/null; then
    r=$(perl -MFcntl -e 'print sysopen(my $f, $ARGV[0], O_RDONLY | O_EXCL) ? 0 : $! + 0' "$1")
  else
    r=
  fi
  printf 'exclusive\\t%s\\t%s\\t%s\\n' "$a" "\${1#/dev/}" "$r"
}`;
