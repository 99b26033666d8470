# module: folder
# provides: rt_folder_find rt_folder_open rt_folder_has rt_ls rt_path_resolve
# provides: rt_self_keep
# requires: report hash

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
		{ getent passwd "$(id -u)" || grep "^[^:]*:[^:]*:$(id -u):" \
			/etc/passwd; } 2>/dev/null | cut -d: -f6
	)
	case $HOME in
	/*) export HOME ;;
	*)
		rt_die "$RT_HOST" "HOME is not set, and this user has no home" \
			"Set HOME, or say where state goes: --checkpoint-dir DIR"
		;;
	esac
}

# rt_path_resolve PATH: RT_REPLY is PATH with ~ or \$HOME at its head as
# this host has it.
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

# rt_folder_find: sets rt_base and rt_dir from --checkpoint-dir, or from
# XDG_DATA_HOME, or from the home.
rt_folder_find() {
	if [ -n "$rt_base" ]; then
		case $rt_base in
		/*) ;;
		*) rt_base=$rt_pwd/$rt_base ;;
		esac
	else
		rt_home_need
		case ${XDG_DATA_HOME-} in
		/*) rt_base=$XDG_DATA_HOME/waymark/checkpoints ;;
		*) rt_base=$HOME/.local/share/waymark/checkpoints ;;
		esac
	fi
	rt_dir=$rt_base/$RT_NAME
}

# rt_folder_has: true where there is a store to read.
rt_folder_has() {
	[ -f "$rt_dir/checkpoint.db" ]
}

# rt_folder_refuse WHAT: exit 5 with nothing changed.
rt_folder_refuse() {
	rt_die "$RT_STORE" "the checkpoint directory $1" \
		"It is $rt_dir" \
		"Nothing was changed. Mend it, or choose another place:" \
		"--checkpoint-dir DIR"
}

# rt_folder_check: refuses a folder that another user could change.
rt_folder_check() {
	[ ! -L "$rt_dir" ] || rt_folder_refuse "is a symbolic link"
	[ -d "$rt_dir" ] || rt_folder_refuse "is not a folder"
	set -f
	# shellcheck disable=SC2046 # split into fields on purpose
	set -- $(rt_ls "$rt_dir")
	case $1 in
	?????w* | ????????w*) rt_folder_refuse "is writable by others" ;;
	esac
	[ "$3" = "$(id -u)" ] ||
		rt_folder_refuse "belongs to another user (uid $3)"
	if ! cd -P "$rt_dir" 2>/dev/null; then
		rt_folder_refuse "cannot be entered"
	fi
	rt_dir=$(pwd -P)
}

# rt_folder_open: makes the folder with all it holds where it is missing,
# and goes there: from here on the store's paths are relative.
rt_folder_open() {
	if [ ! -d "$rt_dir" ] && [ ! -L "$rt_dir" ]; then
		(umask "$rt_umask" && mkdir -p -- "$rt_base") 2>/dev/null ||
			rt_folder_refuse "cannot be made"
		mkdir -- "$rt_dir" 2>/dev/null || [ -d "$rt_dir" ] ||
			rt_folder_refuse "cannot be made"
	fi
	rt_folder_check
	if [ ! -d work ] || [ ! -d state ] || [ ! -d rollback ] ||
		[ ! -d logs ] || [ ! -d backup ] || [ ! -d artifacts ]; then
		mkdir -p state rollback logs backup artifacts work 2>/dev/null ||
			rt_folder_refuse "cannot be written to"
	fi
	[ -w . ] || rt_folder_refuse "cannot be written to"
}

# rt_self_keep: keeps this script as install.sh in the folder: the copy
# that resume, rollback and an uninstall months later run.
rt_self_keep() {
	[ -n "$rt_self" ] || return 0
	cmp -s "$rt_self" install.sh && return 0
	cp "$rt_self" .install.sh.new 2>/dev/null &&
		chmod 0700 .install.sh.new &&
		mv -f .install.sh.new install.sh ||
		rt_die "$RT_STORE" "the checkpoint directory cannot be written to" \
			"It is $rt_dir: is the disk full?"
}
