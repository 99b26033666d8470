# module: variables-choose
# provides: rt_variables_choose rt_variables_secret
# requires: base text report

# rt_variables_choose: takes the line of a variable: its value is from --set,
# else what is kept, else the first of its names in the environment that is not
# empty, else the default, else empty. Says what is wrong with it.
rt_variables_choose() {
	rt_n=$((rt_n + 1))
	rt_name=$3 rt_source='' rt_value='' rt_step_of=''
	[ "$2" = - ] || rt_step_of=" of step $2"
	eval "rt_kind=\$rt_kind_$rt_n rt_before=\$rt_kept_$rt_n"
	case $rt_sets in
	*" $3 "*) eval "rt_source=--set rt_value=\$rt_set_$3" ;;
	*)
		case $rt_kind$rt_use in
		gall | dall | ggiven) rt_source=kept rt_value=$rt_before ;;
		nall) rt_source=none ;;
		*) rt_variables_search "$@" ;;
		esac
		;;
	esac
	eval "rt_value_$rt_n=\$rt_value rt_source_$rt_n=\$rt_source"
	rt_variables_judge "$@"
	[ -n "$rt_kind" ] && [ "$rt_value" != "$rt_before" ] || return 0
	# A step whose default is another one has another fingerprint.
	case $1,$rt_source in
	0,* | *,--set | *,from*)
		case "$rt_changed " in
		*" $3 "*) ;;
		*) rt_changed="$rt_changed $3" ;;
		esac
		;;
	esac
}

# rt_variables_search: takes the line of a variable: the environment, then
# the default. Sets rt_value and rt_source.
rt_variables_search() {
	rt_source=none
	case $4 in *d*) rt_source=default rt_value=$5 ;; esac
	shift 6
	for rt_word; do
		eval "rt_found=\${$rt_word-}"
		[ -n "$rt_found" ] || continue
		rt_value=$rt_found rt_source="from $rt_word"
		break
	done
}

# rt_variables_judge: takes the line of a variable: counts it in rt_wrong,
# and says why, where rt_value will not do.
rt_variables_judge() {
	rt_name=$3 rt_flag=$4 rt_pattern=$6
	shift 6
	if [ -z "$rt_value" ]; then
		case $rt_flag in
		*r*)
			case $rt_flag in
			*s*) rt_found= ;;
			*) rt_found=--set ;;
			esac
			for rt_word; do
				rt_found="$rt_found${rt_found:+ or }$rt_word"
			done
			[ $# -eq 0 ] || rt_found="$rt_found in the environment"
			rt_variables_wrong "is required: give it with $rt_found"
			return
			;;
		esac
	fi
	[ -n "$rt_pattern" ] && [ "$rt_source" != none ] || return 0
	rt_variables_match "$rt_value" "$rt_pattern" && return
	rt_word="must match $rt_pattern"
	[ "$rt_pattern" != semver ] || rt_word='must be a version as 1.2.3 is'
	case $rt_flag in
	*s*) rt_word="$rt_word; its value is not shown" ;;
	*)
		rt_text_line "$rt_value"
		rt_word="$rt_word, and is: $RT_REPLY"
		;;
	esac
	rt_variables_wrong "($rt_source) $rt_word"
}

# rt_variables_wrong WHY: one that is missing or wrong.
rt_variables_wrong() {
	rt_wrong=$((rt_wrong + 1))
	rt_warn "$rt_name$rt_step_of $1"
	rt_event variable_wrong name "$rt_name" why "$1"
}

# rt_variables_match VALUE PATTERN: true where the whole VALUE, one line,
# matches. It goes through a pipe: ps shows what a program's words are, and
# printf is a program in mksh.
rt_variables_match() {
	case $1 in *"$RT_NL"*) return 1 ;; esac
	rt_expression=$2
	[ "$2" != semver ] || rt_expression=$RT_SEMVER
	if [ -n "$RT_MKSH" ]; then
		print -r -- "$1"
	else
		printf '%s\n' "$1"
	fi | LC_ALL=C grep -E -x -e "$rt_expression" >/dev/null
}

# rt_variables_secret: takes the line of a variable, in the child of an undo:
# secrets are in no file, so they come from the environment again.
rt_variables_secret() {
	case $2,$4 in
	-,*s* | "$rt_id",*s*) ;;
	*) return 0 ;;
	esac
	rt_value=
	rt_variables_search "$@"
	eval "$3=\$rt_value && export $3"
}

# What validate = "semver" stands for: a version as semver.org has it.
RT_SEMVER='(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)'
RT_SEMVER=$RT_SEMVER'(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?'
RT_SEMVER=$RT_SEMVER'(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?'
