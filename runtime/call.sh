# module: call
# provides: rt_call_set rt_plan_find
# requires: base text report

# rt_call_set FILE: how a person calls this script again: rt_call.
rt_call_set() {
	case $1 in
	*[!A-Za-z0-9_./+,:@%=-]*)
		rt_text_shell "$1"
		rt_call="sh $RT_REPLY"
		;;
	*) rt_call="sh $1" ;;
	esac
}

# rt_plan_find STEP: sets rt_found to its number; exit 2 where it is none.
rt_plan_find() {
	rt_found='' rt_wanted=$1 rt_known=''
	waymark_plan rt_plan_find_step
	[ -n "$rt_found" ] ||
		rt_die "$RT_USAGE" "unknown step: $1" "The steps are:$rt_known"
}

# rt_plan_find_step: takes the plan's line of a step.
rt_plan_find_step() {
	[ "$2" != "$rt_wanted" ] || rt_found=$1
	rt_known="$rt_known $2"
}
