# module: folder
# provides: rt_folder_find rt_folder_open rt_folder_has rt_folder_check
# provides: rt_ls rt_path_resolve rt_folder_keep_self rt_folder_sweep
# provides: rt_folder_lives rt_folder_killed
# requires: base report hash call point

# rt_ls PATH: the path's entry as "MODE LINKS UID GID SIZE ...", the same
# in every locale and whatever ls is told by the environment.
rt_ls() {
	LC_ALL=C TIME_STYLE=locale QUOTING_STYLE=literal ls -dln "$1"
}

# rt_home_need: HOME, or the home that the system knows for this user.
rt_home_need() {
	case ${HOME-} in
	/*) return 0 ;;
	esac
	HOME=$(
		exec 2>/dev/null
		rt_uid=$(id -u)
		{ getent passwd "$rt_uid" ||
			grep "^[^:]*:[^:]*:$rt_uid:" /etc/passwd; } |
			cut -d: -f6
	)
	case $HOME in
	/*) export HOME ;;
	*) rt_die "$RT_HOST" "HOME is not set, and this user has none" \
		"Set HOME." "$RT_ELSEWHERE" ;;
	esac
}

# rt_path_resolve PATH: RT_REPLY is PATH with ~ or HOME at its head as this
# host has it, and with no slash at its end.
rt_path_resolve() {
	# shellcheck disable=SC2016 # the words as the author wrote them
	case $1 in
	\~ | '$HOME' | '${HOME}') RT_REPLY=$HOME ;;
	\~/*) RT_REPLY=$HOME/${1#??} ;;
	'$HOME/'*) RT_REPLY=$HOME/${1#??????} ;;
	'${HOME}/'*) RT_REPLY=$HOME/${1#????????} ;;
	*) RT_REPLY=$1 ;;
	esac
	while :; do
		case $RT_REPLY in
		?*/) RT_REPLY=${RT_REPLY%/} ;;
		*) return 0 ;;
		esac
	done
}

# rt_folder_find: sets rt_base and rt_dir: from --checkpoint-dir, or where
# the kept copy that runs lies, or from XDG_DATA_HOME, or from the home.
rt_folder_find() {
	if [ -n "$rt_base" ]; then
		case $rt_base in
		/*) ;;
		*) rt_base=$rt_pwd/$rt_base ;;
		esac
	elif [ -n "$rt_copy_dir" ]; then
		rt_dir=$rt_copy_dir rt_base=${rt_copy_dir%/*}
		return 0
	else
		rt_home_need
		case ${XDG_DATA_HOME-} in
		/*) rt_base=$XDG_DATA_HOME ;;
		*) rt_base=$HOME/.local/share ;;
		esac
		rt_base=$rt_base/waymark/checkpoints
	fi
	rt_dir=$rt_base/$RT_NAME
}

# rt_folder_has: true where there is a store to read.
rt_folder_has() {
	[ -f "$rt_dir/checkpoint.db" ] || [ -f "$rt_dir/journal" ]
}

# rt_folder_refuse WHAT: exit 5 with nothing changed.
rt_folder_refuse() {
	rt_die "$RT_STORE" "the checkpoint directory $1" "It is $rt_dir" \
		"Nothing was changed." "$RT_ELSEWHERE"
}

# rt_folder_check: refuses a folder that another user could change, and
# goes there: from here on the store's paths are relative.
rt_folder_check() {
	[ ! -L "$rt_dir" ] || rt_folder_refuse "is a symbolic link"
	[ -d "$rt_dir" ] || rt_folder_refuse "is not a folder"
	# shellcheck disable=SC2046 # split into fields on purpose
	set -- $(rt_ls "$rt_dir")
	case $1 in
	?????w* | ????????w*) rt_folder_refuse "is writable by others" ;;
	esac
	[ "$3" = "$(id -u)" ] ||
		rt_folder_refuse "belongs to another user (uid $3)"
	cd -P "$rt_dir" 2>/dev/null || rt_folder_refuse "cannot be entered"
	rt_dir=$(pwd -P)
	[ ! -f install.sh ] || rt_call_set "$rt_dir/install.sh"
}

# rt_folder_open: makes the folder with all it holds where it is missing.
rt_folder_open() {
	if [ ! -e "$rt_dir" ] && [ ! -L "$rt_dir" ]; then
		# shellcheck disable=SC2174 # those above have the person's mode
		(
			exec 2>/dev/null
			umask "$rt_umask" && mkdir -p -m 700 -- "$rt_dir"
		) || [ -d "$rt_dir" ] || rt_folder_refuse "cannot be made"
	fi
	rt_folder_check
	set -- state rollback logs backup artifacts work
	for rt_word; do
		[ -d "$rt_word" ] && continue
		rt_point
		mkdir -p "$@" 2>/dev/null ||
			rt_folder_refuse "cannot be written to"
		break
	done
	[ -w . ] || rt_folder_refuse "cannot be written to"
}

# rt_folder_killed: true where a call that was killed left its pipes, rt_left.
rt_folder_killed() {
	set +f
	for rt_word in .tmp.[0-9]*; do
		set -f
		rt_left=$rt_word
		case $rt_dir/$rt_left in "$rt_fifo" | *'*') continue ;; esac
		rt_folder_lives "${rt_left#.tmp.}" || return 0
	done
	set -f
	return 1
}

# rt_folder_sweep: removes what such calls left: pipes, links of the journal.
rt_folder_sweep() {
	set +f
	for rt_word in .journal.*; do
		set -f
		[ "$rt_word" = ".journal.$rt_mine" ] || rm -f "$rt_word"
	done
	set -f
	while rt_folder_killed; do
		rm -rf "$rt_left" || break
	done
}

# rt_folder_sweep_tmp: the same for what a killed loader left beside rt_tmp:
# nothing but a script, or pipes.
rt_folder_sweep_tmp() {
	set +f
	for rt_word in "${rt_tmp%/*}"/waymark.[0-9]*; do
		set -f
		if [ ! -d "$rt_word" ] || [ -L "$rt_word" ] ||
			rt_folder_lives "${rt_word##*/waymark.}"; then
			continue
		fi
		case $rt_word in "$rt_tmp" | "$rt_fifo") continue ;; esac
		(
			exec 2>/dev/null
			cd -P "$rt_word" &&
				rm -f install.sh in out err lock awk &&
				rmdir "$rt_word"
		)
	done
	set -f
}

# rt_folder_lives NAME: true where the process in PID or PID.N is another
# that lives.
rt_folder_lives() {
	case ${1%%.*} in
	"$$" | *[!0-9]*) return 1 ;;
	esac
	kill -0 "${1%%.*}" 2>/dev/null
}

# rt_folder_keep_self: keeps this script as install.sh in the folder: the
# copy that resume, rollback and an uninstall months later run.
rt_folder_keep_self() {
	if [ -n "$rt_tmp" ]; then
		rt_folder_sweep_tmp
		if [ ! -f install.sh ] || ! cmp -s "$rt_self" install.sh; then
			{ mv -f "$rt_self" .install.sh.new && rt_point &&
				mv -f .install.sh.new install.sh; } ||
				rt_folder_refuse "has no room for install.sh"
		fi
		rm -rf "$rt_tmp"
		rt_tmp=
	fi
	rt_call_set "$rt_dir/install.sh"
}
