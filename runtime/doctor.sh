# module: doctor
# provides: rt_verb_doctor
# requires: base call folder history query state status store report text
# requires: drift hash

# rt_verb_doctor: one report of the store, the files beside it and the state
# files, with what the other verbs would do about each. Changes nothing.
rt_verb_doctor() {
	rt_findings=0
	if ! rt_status_open; then
		rt_say "$RT_NAME: not installed here: no run in $rt_dir"
		rt_event doctor "#findings" 0 "#exit_code" 0
		rt_exit 0
	fi
	rt_say "$RT_NAME $rt_old_version, in $rt_dir"
	rt_get integrity
	rt_word="${rt_journal:-checkpoint.db}: whole ($RT_REPLY)"
	rt_doctor_good "$rt_word, schema $rt_schema"
	rt_doctor_run
	rt_doctor_copy
	rt_doctor_list stale rt_doctor_stale
	rt_doctor_steps
	! rt_folder_killed ||
		rt_doctor_bad "$rt_left was left by a killed call" \
			"run, resume and rollback remove it"
	if [ "$rt_findings" -eq 0 ]; then
		rt_say "all is as it was left"
	else
		rt_say "findings: $rt_findings"
	fi
	rt_word=0
	[ "$rt_findings" -eq 0 ] || rt_word=$RT_FAILED
	rt_event doctor "#findings" "$rt_findings" "#exit_code" "$rt_word"
	rt_exit "$rt_word"
}

# rt_doctor_good WHAT: what is in order.
rt_doctor_good() {
	rt_say "  ok       $1"
	rt_event finding level ok what "$1"
}

# rt_doctor_bad WHAT WOULD: what is not, and what would be done about it.
rt_doctor_bad() {
	rt_findings=$((rt_findings + 1))
	rt_text_line "$1"
	rt_say "  finding  $RT_REPLY"
	rt_say "           $2"
	rt_event finding level finding what "$1" would "$2"
}

# rt_doctor_list NAME FUNCTION: calls FUNCTION with each line of the answer,
# when it has all come: what it calls may ask for itself.
rt_doctor_list() {
	rt_lines "$1" "$rt_run"
	while IFS= read -r rt_line; do
		[ -z "$rt_line" ] || "$2" "$rt_line"
	done <<EOF
$rt_lines
EOF
}

# rt_doctor_run: the run itself, and what a killed call left of it.
rt_doctor_run() {
	case ${rt_killed:-0}$rt_run_status in
	1*)
		rt_doctor_bad "the run was killed" \
			"resume and rollback end what is left, and go on"
		;;
	0running) rt_doctor_good "a run is under way" ;;
	0failed | 0aborted)
		rt_doctor_bad "the run is not complete: $rt_run_status" \
			"resume completes it; rollback --full undoes it"
		;;
	*) rt_doctor_good "the run is $rt_run_status" ;;
	esac
	rt_get undo_going
	[ "$RT_REPLY" -eq 0 ] ||
		rt_doctor_bad "a rollback was stopped: $RT_REPLY steps left" \
			"rollback goes on with it"
}

# rt_doctor_copy: install.sh, which resume and rollback months later run.
rt_doctor_copy() {
	if [ ! -f install.sh ]; then
		rt_doctor_bad "install.sh is not there" \
			"the next run from the shipped file writes it"
		return
	fi
	rt_look=$(tail -n 1 install.sh 2>/dev/null)
	rt_line=$(sed '$d' install.sh 2>/dev/null | rt_hash)
	if [ "${rt_look##* }" = "${rt_line%% *}" ]; then
		rt_doctor_good "install.sh: its sha256 is right"
	else
		rt_doctor_bad "install.sh was changed: its sha256 is wrong" \
			"it refuses to run; the shipped file mends it"
	fi
}

# rt_doctor_stale PATH: a derived file that is missing or differs.
rt_doctor_stale() {
	rt_word='was changed'
	[ -f "$1" ] || rt_word='is missing'
	rt_doctor_bad "$1 $rt_word" "run, resume and rollback write it again"
}

# rt_doctor_steps: the state files of all steps, and their pre-images.
rt_doctor_steps() {
	rt_drift_find
	rt_doctor_list ords rt_doctor_step
}

# rt_doctor_step ORD: one of them; of one that is rolled back none counts.
rt_doctor_step() {
	case $1 in *-) return 0 ;; esac
	rt_state_load "$rt_run" "$1"
	[ "$rt_paths" -eq 0 ] || rt_state_each rt_doctor_file "$1"
}

# rt_doctor_file N ORD: a state file.
rt_doctor_file() {
	eval "rt_word=\$rt_pre_kind_$1"
	case $rt_word in
	'' | absent) ;;
	*)
		[ -z "$rt_copy" ] || [ -e "$rt_copy" ] || [ -L "$rt_copy" ] ||
			rt_doctor_bad "$rt_copy, a pre-image, is missing" \
				"a rollback cannot put back $rt_path"
		;;
	esac
	rt_state_drift "$1"
	case $RT_REPLY in
	same) rt_doctor_good "$rt_path is as it was left" ;;
	changed)
		rt_doctor_bad "$rt_path was changed since" \
			"a copy is kept in backup/ before it is touched"
		;;
	missing)
		rt_word='nothing: a later step, or a step that is not settled'
		case " $rt_gone_ords " in
		*" $2 "*) rt_word='resume runs its step again' ;;
		esac
		rt_doctor_bad "$rt_path is missing" "$rt_word"
		;;
	esac
}
