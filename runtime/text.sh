# module: text
# provides: rt_text_replace rt_text_sql rt_text_shell rt_text_json
# requires:

# rt_text_replace TEXT FROM TO: RT_REPLY is TEXT with each FROM made TO.
rt_text_replace() {
	RT_REPLY=
	rt_text=$1
	while :; do
		case $rt_text in
		*"$2"*)
			RT_REPLY=$RT_REPLY${rt_text%%"$2"*}$3
			rt_text=${rt_text#*"$2"}
			;;
		*)
			RT_REPLY=$RT_REPLY$rt_text
			return 0
			;;
		esac
	done
}

# rt_text_sql TEXT: RT_REPLY is TEXT as an SQL literal. A carriage return
# goes in as a function call, for sqlite3 drops it from a line's end.
rt_text_sql() {
	RT_REPLY=$1
	case $1 in
	*\'*) rt_text_replace "$1" "'" "''" ;;
	esac
	case $1 in
	*"$RT_CR"*) rt_text_replace "$RT_REPLY" "$RT_CR" "'||char(13)||'" ;;
	esac
	RT_REPLY="'$RT_REPLY'"
}

# rt_text_shell TEXT: RT_REPLY is TEXT as one shell word.
rt_text_shell() {
	RT_REPLY=$1
	case $1 in
	*\'*) rt_text_replace "$1" "'" "'\\''" ;;
	esac
	RT_REPLY="'$RT_REPLY'"
}

# rt_text_json TEXT: RT_REPLY is TEXT as a JSON string, for events; what
# the database holds is made into JSON by sqlite3.
rt_text_json() {
	RT_REPLY=$1
	case $1 in *\\*) rt_text_replace "$RT_REPLY" '\' '\\' ;; esac
	case $1 in *\"*) rt_text_replace "$RT_REPLY" '"' '\"' ;; esac
	case $1 in *"$RT_NL"*) rt_text_replace "$RT_REPLY" "$RT_NL" '\n' ;; esac
	case $1 in *"$RT_TAB"*) rt_text_replace "$RT_REPLY" "$RT_TAB" '\t' ;; esac
	case $1 in *"$RT_CR"*) rt_text_replace "$RT_REPLY" "$RT_CR" '\r' ;; esac
	while :; do
		case $RT_REPLY in
		*[[:cntrl:]]*) ;;
		*) break ;;
		esac
		rt_char=${RT_REPLY#"${RT_REPLY%%[[:cntrl:]]*}"}
		rt_char=${rt_char%"${rt_char#?}"}
		rt_text_replace "$RT_REPLY" "$rt_char" \
			"$(printf '\\u%04x' "'$rt_char")"
	done
	RT_REPLY="\"$RT_REPLY\""
}
