# module: require-os
# provides: rt_require_os rt_require_release rt_require_fits
# provides: rt_require_compare
# requires: base require

# rt_require_os ENTRY ...: this host must be one of these systems, each "ID"
# or "ID RELATION VERSION".
rt_require_os() {
	rt_require_system
	rt_verdict=unmet
	for rt_word; do
		# shellcheck disable=SC2086 # an id; or that, relation, version
		! rt_require_fits $rt_word || rt_verdict=met
	done
	rt_word=${rt_os_id:-$rt_kernel}${rt_os_version:+ $rt_os_version}
	rt_require_list or "$@"
	rt_require_note os "$rt_verdict" "$RT_REPLY" "$rt_word$rt_os_kernel" \
		"Run it on one of these."
}

# rt_require_system: sets rt_os_id, rt_os_like and rt_os_version of this
# host's system, and rt_kernel: linux, or as uname says it.
rt_require_system() {
	rt_os_id='' rt_os_like='' rt_os_version='' rt_os_kernel=''
	rt_kernel=$(uname -s)
	case $rt_kernel in
	Darwin)
		rt_os_id=macos
		rt_os_version=$(sw_vers -productVersion 2>/dev/null)
		return 0
		;;
	FreeBSD) rt_os_id=freebsd ;;
	OpenBSD) rt_os_id=openbsd ;;
	NetBSD) rt_os_id=netbsd ;;
	DragonFly) rt_os_id=dragonfly ;;
	Linux) rt_kernel=linux ;;
	esac
	if [ -n "$rt_os_id" ]; then
		rt_os_version=$(uname -r)
	elif [ -r /etc/os-release ]; then
		rt_require_release /etc/os-release
	elif [ -r /usr/lib/os-release ]; then
		rt_require_release /usr/lib/os-release
	fi
}

# rt_require_release FILE: sets them from an os-release file, which is data
# and is not sourced. One without a version is a rolling release.
rt_require_release() {
	rt_os_version=rolling
	# In the C locale: its other lines need not be text in this one.
	rt_lines=$(
		LC_ALL=C
		export LC_ALL
		exec sed -n -e '/^ID=/p' -e '/^ID_LIKE=/p' \
			-e '/^VERSION_ID=/p' "$1"
	)
	while IFS= read -r rt_word; do
		RT_REPLY=${rt_word#*=}
		RT_REPLY=${RT_REPLY%"$RT_CR"}
		case $RT_REPLY in
		\"*\" | \'*\') RT_REPLY=${RT_REPLY#?} RT_REPLY=${RT_REPLY%?} ;;
		esac
		case $rt_word in
		ID=*) rt_os_id=$RT_REPLY ;;
		ID_LIKE=*) rt_os_like=$RT_REPLY ;;
		VERSION_ID=*)
			case $RT_REPLY in
			[0-9]*) rt_os_version=$RT_REPLY ;;
			esac
			;;
		esac
	done <<EOF
$rt_lines
EOF
}

# rt_require_fits ID [RELATION VERSION]: true where the host is that system.
# Without a version, what ID_LIKE names fits as well; but a relative counts
# versions of its own. linux is any Linux, and its version the kernel's.
rt_require_fits() {
	rt_version=$rt_os_version
	case $1 in
	"$rt_os_id") ;;
	"$rt_kernel")
		rt_version=$(uname -r)
		[ $# -eq 1 ] || rt_os_kernel=", kernel $rt_version"
		;;
	*)
		case "$# $rt_os_like " in
		"1 $1 "* | "1 "*" $1 "*) return 0 ;;
		esac
		return 1
		;;
	esac
	[ $# -gt 1 ] || return 0
	# A rolling release is newer than each that has a number.
	RT_REPLY=gt
	[ "$rt_version" = rolling ] || rt_require_compare "$rt_version" "$3"
	case $2$RT_REPLY in
	'>gt' | '>=gt' | '>=eq' | '=eq' | '<=eq' | '<=lt' | '<lt') ;;
	*) return 1 ;;
	esac
}

# rt_require_compare A B: RT_REPLY is lt, eq or gt: how the version A stands
# to B, number by number and as far as B goes, so that 13.4 is eq to 13. What
# A lacks is 0, and so is what comes behind another character than a dot.
rt_require_compare() {
	rt_left=$1. rt_right=$2.
	while [ -n "$rt_right" ]; do
		rt_word=${rt_left%%.*}
		rt_left=${rt_left#*.}
		case $rt_word in
		*[!0-9]*) rt_left='' rt_word=${rt_word%%[!0-9]*} ;;
		esac
		rt_require_digits "$rt_word" "${rt_right%%.*}"
		[ "$RT_REPLY" = eq ] || return 0
		rt_right=${rt_right#*.}
	done
}
