// The shells' halves of completion: each asks `heddlectl __complete -- WORDS`, which answers `candidate TAB description` lines.

export const COMPLETE_COMMAND = '__complete';
/** In place of candidates: the shell completes paths. */
export const FILES_MARK = ':files';

/** readline breaks words at = and :, so candidates lose what stands before. */
const bash = `# bash completion for heddlectl; installed as /usr/share/bash-completion/completions/heddlectl
_heddlectl() {
	local line="\${COMP_LINE:0:COMP_POINT}" piece="\${COMP_WORDS[COMP_CWORD]}" candidate before
	local -a words
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	[[ $piece == [=:] ]] && piece=
	before="\${words[-1]%"$piece"}"
	COMPREPLY=()
	while IFS=$'\\t' read -r candidate _; do
		if [[ $candidate == ${FILES_MARK} ]]; then
			compopt -o default 2>/dev/null
			return
		fi
		COMPREPLY+=("\${candidate#"$before"}")
	done < <("\${words[0]}" ${COMPLETE_COMMAND} -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _heddlectl heddlectl
`;

const zsh = `#compdef heddlectl
# zsh completion for heddlectl; installed as /usr/share/zsh/vendor-completions/_heddlectl
_heddlectl() {
	local -a candidates
	local line text
	while IFS= read -r line; do
		[[ $line == ${FILES_MARK} ]] && { _files; return }
		text=\${line%%$'\\t'*}
		candidates+=("\${text//:/\\\\:}:\${line#*$'\\t'}")
	done < <("\${words[1]}" ${COMPLETE_COMMAND} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
	_describe -V heddlectl candidates
}
if [[ \${funcstack[1]} == _heddlectl ]]; then _heddlectl "$@"; else compdef _heddlectl heddlectl; fi
`;

const fish = `# fish completion for heddlectl; installed as /usr/share/fish/vendor_completions.d/heddlectl.fish
function __heddlectl_candidates
	set -l words (commandline -opc)
	set -l last (commandline -ct)
	set -l found ($words[1] ${COMPLETE_COMMAND} -- $words[2..] "$last" 2>/dev/null)
	if test "$found" = ${FILES_MARK}
		__fish_complete_path "$last"
	else
		printf '%s\\n' $found
	end
end
complete -c heddlectl -f -a '(__heddlectl_candidates)'
`;

export const SHELL_SCRIPTS = { bash, zsh, fish } as const;
