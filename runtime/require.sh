# module: require
# provides: rt_require_all rt_require_note rt_require_list rt_require_digits
# provides: rt_require_arch rt_require_privileges rt_require_commands
# requires: base report text

# rt_require_all run|resume|plan: holds this host against all that the
# script requires, before anything is made. plan says what is met; the
# others exit with 3 where something is not, and name all of it.
rt_require_all() {
	rt_require_verb=$1 rt_unmet=
	waymark_requirements
	[ -n "$rt_unmet" ] || return 0
	if [ "$1" = plan ]; then
		rt_say "  A run would exit with $RT_HOST, and change nothing."
		return 0
	fi
	rt_die "$RT_HOST" "this host does not meet the requirements" \
		"${rt_unmet#"$RT_NL  "}" "Nothing was changed."
}

# rt_require_note KEY met|unmet|unknown ASKED FOUND [ADVICE]: what came out
# for one of them. What is unknown does not stop a run.
rt_require_note() {
	rt_text_line "$4"
	rt_found=$RT_REPLY
	case $2 in
	met) rt_bool=true rt_word=met ;;
	unmet) rt_bool=false rt_word='NOT MET' ;;
	*) rt_bool=null rt_word='cannot tell' ;;
	esac
	if [ "$2" = unmet ]; then
		rt_unmet="$rt_unmet$RT_NL  $1: requires $3, found $rt_found"
		rt_unmet="$rt_unmet$RT_NL      $5"
	fi
	case $rt_require_verb,$2 in
	plan,*) rt_say "  requires $1: $3: $rt_word ($rt_found)" ;;
	*,met) return 0 ;;
	*,unknown)
		rt_warn "cannot tell whether this host meets $1: $3"
		rt_hint "$rt_found"
		;;
	esac
	rt_event requirement key "$1" asked "$3" found "$4" "#met" "$rt_bool"
}

# rt_require_list and|or WORD ...: RT_REPLY is "WORD, WORD or WORD".
rt_require_list() {
	rt_joint=$1 RT_REPLY=$2
	shift 2
	while [ $# -gt 1 ]; do
		RT_REPLY="$RT_REPLY, $1"
		shift
	done
	[ $# -eq 0 ] || RT_REPLY="$RT_REPLY $rt_joint $1"
}

# rt_require_digits A B: RT_REPLY is lt, eq or gt: how the number A stands to
# B. Digit by digit, since mksh counts in 32 bits.
rt_require_digits() {
	rt_one=$1 rt_two=$2
	while :; do
		case $rt_one in 0*) rt_one=${rt_one#0} ;; *) break ;; esac
	done
	while :; do
		case $rt_two in 0*) rt_two=${rt_two#0} ;; *) break ;; esac
	done
	RT_REPLY=lt
	[ "${#rt_one}" -ge "${#rt_two}" ] || return 0
	RT_REPLY=gt
	[ "${#rt_one}" -eq "${#rt_two}" ] || return 0
	RT_REPLY=eq
	while [ -n "$rt_one" ] && [ "$RT_REPLY" = eq ]; do
		set -- "${rt_one%"${rt_one#?}"}" "${rt_two%"${rt_two#?}"}"
		[ "$1" -ge "$2" ] || RT_REPLY=lt
		[ "$1" -le "$2" ] || RT_REPLY=gt
		rt_one=${rt_one#?} rt_two=${rt_two#?}
	done
}

# rt_require_arch NAME ...: this machine must be one of these.
rt_require_arch() {
	rt_require_machine
	rt_machine=$RT_REPLY rt_verdict=unmet
	for rt_word; do
		[ "$rt_word" != "$rt_machine" ] || rt_verdict=met
	done
	rt_require_list or "$@"
	rt_require_note arch "$rt_verdict" "$RT_REPLY" "$rt_machine" \
		"Run it on such a machine."
}

# rt_require_machine: RT_REPLY is this machine under the one name that the
# compiler gives it. A system whose programs have 32 bits counts as such,
# also on a kernel of 64.
rt_require_machine() {
	RT_REPLY=$(uname -m)
	case $RT_REPLY in
	x86_64 | amd64) RT_REPLY=x86_64 ;;
	aarch64 | arm64) RT_REPLY=aarch64 ;;
	i[3-6]86 | i86pc) RT_REPLY=i386 ;;
	armv[78]*) RT_REPLY=armv7 ;;
	armv6*) RT_REPLY=armv6 ;;
	riscv) RT_REPLY=riscv64 ;;
	powerpc64le) RT_REPLY=ppc64le ;;
	esac
	case $RT_REPLY$(getconf LONG_BIT 2>/dev/null) in
	x86_6432) RT_REPLY=i386 ;;
	aarch6432) RT_REPLY=armv7 ;;
	esac
}

# rt_require_privileges root: whoever runs this must be root.
rt_require_privileges() {
	set -- "$1" "$(id -u)" met
	[ "$2" = 0 ] || set -- "$1" "$2" unmet
	rt_require_note privileges "$3" "$1" "uid $2" \
		"Run it as root: with sudo, doas or su."
}

# rt_require_commands NAME ...: each must be a program on PATH.
rt_require_commands() {
	rt_missing=
	for rt_word; do
		rt_require_has "$rt_word" ||
			rt_missing="$rt_missing, no $rt_word"
	done
	rt_require_list and "$@"
	if [ -z "$rt_missing" ]; then
		rt_require_note commands met "$RT_REPLY" "on PATH"
	else
		rt_require_note commands unmet "$RT_REPLY" "${rt_missing#, }" \
			"Install what is missing, or add its folder to PATH."
	fi
}

# rt_require_has NAME: true where NAME can be run. PATH is walked, for command
# -v takes a file that is not executable in some shells; a builtin is enough.
rt_require_has() {
	rt_rest=${PATH-}:
	while [ -n "$rt_rest" ]; do
		rt_path=${rt_rest%%:*}
		rt_path=${rt_path:-.}/$1
		rt_rest=${rt_rest#*:}
		[ ! -f "$rt_path" ] || [ ! -x "$rt_path" ] || return 0
	done
	[ "$(command -v "$1" 2>/dev/null)" = "$1" ]
}
