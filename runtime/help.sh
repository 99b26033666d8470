# module: help
# provides: rt_verb_help
# requires: report

# rt_verb_help: all verbs, flags and exit codes.
rt_verb_help() {
	cat <<EOF
$RT_NAME $RT_VERSION: an installer that can be resumed and rolled back.

Usage: sh install.sh [VERB] [FLAG ...]

  run                 install; an unfinished run is resumed (the default)
      --fresh         start over
      --dry-run       the same as plan
  resume              go on after the last checkpoint
      --from STEP     run STEP and all that comes after it again
      --list          list the checkpoints
  rollback            undo the last checkpoint
      --to STEP       undo all that came after STEP
      --full          undo everything
      --force         cross a step that is irreversible
  status              the run, each step, and what changed since
  plan                what would run, and why; changes nothing
  verify              run all verification commands again
  logs [STEP]         the log of a step
  doctor              check the store, its files and the state files
  help, version

Flags for all of them:
  --checkpoint-dir DIR  keep state below DIR
  --yes --quiet --verbose --json --no-color
  --strict            with run, resume: refuse where a settled step
                      changed, or a state file of one is missing$RT_HELP

Exit codes:
  0 done                          5 the checkpoint store cannot be used
  1 a step failed; state is kept  6 an atomic step failed and was undone
  2 wrong usage                   7 a rollback with failed undo commands
  3 the host lacks something      8 integrity: a checksum does not match
  4 another run holds the lock    128+N ended by signal N
EOF
	rt_exit 0
}
