#!/bin/sh
# pipelines/qualify: every rule of the dialogue, as text; another campaign is another folder.
# shellcheck disable=SC2034,SC2317 # names in text that is evaluated
. tests/lib.sh

here=$PWD/pipelines/qualify
scenario=$here/qualify.json
# play TITLE <DIALOGUE: it goes as it says.
play() {
	{ echo "scenario: $scenario" && cat; } >"$T/dialogue" && ok "$1" agent --text "$T/dialogue"
}
# to STATE: what a caller says on the way to it.
to() {
	for step in hello q1 q2 q3 is_leads confirm; do
		[ "$1" != "$step" ] || break
		case $step in
		hello) echo 'caller: Oui, allez-y.' ;;
		is_leads) echo 'caller: Oui, volontiers.' ;;
		*) echo 'caller: oui' ;;
		esac
	done
}
# ends RESULT...: and nothing else is recorded.
ends() {
	for result; do echo "result: $result"; done
	echo 'end: hangup'
}
lost='{"disposition":"No_answer"}' refused='{"disposition":"Not_interested","interested":false}'
lead='{"disposition":"Leads","interested":true}' weak='{"disposition":"Leads","interested":false}'
left='{"disposition":"Not_interested"}' never='{"disposition":"Not_interested","interested":false,"opt_out":true}'
pressed='{"disposition":"Not_interested","interested":false,"opt_out":true,"opt_out_by":"dtmf"}'

# ---- the way of a lead, and of who is none
{ cat <<'END'; ends '{"slot":"morning"}' "$lead"; } >"$T/said"
bot: Bonjour, ici l'assistant virtuel de Soleil Énergie, une intelligence artificielle.
bot: *
bot: *
bot: *
caller: Oui bonjour, allez-y.
state: q1
bot: Êtes-vous propriétaire de votre logement ?
caller: Oui, je suis propriétaire.
state: q2
bot: Vous chauffez-vous à l'électricité ?
caller: Non, au gaz.
state: q3
bot: Payez-vous plus de 100 € par mois ?
caller: Non.
state: is_leads
bot: Souhaitez-vous qu'un conseiller vous rappelle pour une étude gratuite ?
caller: Pourquoi pas.
state: confirm
bot: Quel moment vous convient : le matin, l'après-midi ou le soir ?
caller: Plutôt le matin.
state: bye_success
bot: C'est noté, un conseiller vous rappellera.
bot: Bonne journée !
END
play 'a lead: nine phrases, of which seven are heard' <"$T/said"
printf '%s\n' 'caller: Bonjour.' 'state: q1' >"$T/said"; play 'hello: who says neither yes nor no goes on' <"$T/said"
{ cat <<'END'; ends "$refused"; } >"$T/said"
caller: Non merci, pas le temps.
state: retry
bot: Je comprends.
bot: C'est vraiment très court, trois questions seulement.
bot: Pouvons-nous commencer ?
caller: Non, je ne suis pas intéressé.
state: bye_failed
bot: C'est noté.
bot: Merci de votre temps, bonne journée !
END
play 'hello: a refusal is asked once more, and no more' <"$T/said"
{ printf '%s\n' 'caller: C'\''est à quel sujet ?' 'state: retry' 'caller: Bon, si vous voulez.' 'state: q1'; } >"$T/said"; play 'hello: who asks is asked once more, then goes on' <"$T/said"
printf '%s\n' 'caller: non' 'state: retry' 'caller: C'\''est payant ?' 'state: q1' >"$T/said"; play 'retry: a question is no refusal' <"$T/said"
for answer in 'Non, pas du tout.' 'Je ne sais pas.' 'Pourquoi cette question ?' 'Oui.'; do
	{ to q1 && for state in q2 q3 is_leads; do printf 'caller: %s\nstate: %s\n' "$answer" "$state"; done; } >"$T/said"; play "q1 to q3 go on, whatever is said: $answer" <"$T/said"
done
{ to is_leads && echo 'caller: Non, ça ne m'\''intéresse pas.' && ends "$refused"; } >"$T/said"; play 'is_leads: no' <"$T/said"
{ to is_leads && printf 'caller: %s\n' 'Je ne sais pas trop.' 'le soir' && ends '{"slot":"evening"}' "$weak"; } >"$T/said"; play 'is_leads: who is not sure is a lead, and not interested' <"$T/said"
{ to is_leads && printf 'caller: %s\n' 'Oui ?' 'le soir' && ends '{"slot":"evening"}' "$weak"; } >"$T/said"; play 'nor is a yes that is not sure to more than 0.6' <"$T/said"
{ to is_leads && printf 'caller: %s\n' 'C'\''est payant ?' && echo 'bot: Souhaitez-vous *' && printf 'caller: %s\n' 'Et combien ça coûte ?' && ends "$refused"; } >"$T/said"; play 'is_leads: a question is asked back once' <"$T/said"
{ to confirm && printf 'caller: %s\n' 'Non, finalement laissez tomber.' && ends "$refused"; } >"$T/said"; play 'confirm: who backs out is no lead' <"$T/said"

# ---- the slot
slot() { { to confirm && echo "$1" && ends "{\"slot\":\"$2\"}" "$lead"; } >"$T/said"; play "slot: $1" <"$T/said"; }
slot 'caller: L'\''après-midi, s'\''il vous plaît.' afternoon
slot 'caller: En soirée.' evening
slot 'caller: Entre midi et deux.' afternoon
slot 'caller: Pas le matin, plutôt le soir.' 'Pas le matin, plutôt le soir.'
slot 'caller: Demain à dix heures.' 'Demain à dix heures.'
slot 'keys: 1' morning
slot 'keys: 2' afternoon
slot 'keys: 3' evening
{ to confirm && printf '%s\n' silence 'bot: Quel moment *' 'caller: le soir' && ends '{"slot":"evening"}' "$lead"; } >"$T/said"; play 'a silence at the slot is asked again' <"$T/said"
{ to confirm && printf '%s\n' mumble 'bot: Quel moment *' mumble && ends "$lead"; } >"$T/said"; play 'a lead whose slot nobody understands is one' <"$T/said"

# ---- silence
{ printf '%s\n' silence 'state: silent' && ends "$lost"; } >"$T/said"; play 'silence at hello: no answer' <"$T/said"
{ printf '%s\n' 'caller: non' 'state: retry' silence 'bot: Je comprends.' 'bot: *' 'bot: *' silence 'bot: Je comprends.' 'bot: *' 'bot: *' silence && ends "$lost"; } >"$T/said"; play 'retry: three silences are no answer' <"$T/said"
{ to q1 && printf '%s\n' silence 'state: q2' silence 'state: q3' silence && ends "$lost"; } >"$T/said"; play 'three silences in a row end the call, whatever was asked' <"$T/said"
{ to q1 && printf '%s\n' silence 'state: q2' silence 'state: q3' 'caller: oui' 'state: is_leads' silence 'bot: Souhaitez-vous *' silence 'bot: Souhaitez-vous *' 'caller: oui' 'state: confirm'; } >"$T/said"; play 'two and two with a word between are not' <"$T/said"
{ to is_leads && printf '%s\n' silence 'bot: Souhaitez-vous *' silence 'bot: Souhaitez-vous *' silence && ends "$lost"; } >"$T/said"; play 'silence at is_leads is no lead' <"$T/said"
{ to q3 && printf '%s\n' silence 'state: is_leads' silence silence && ends "$lost"; } >"$T/said"; play 'and the silence before counts' <"$T/said"
{ to confirm && printf '%s\n' silence silence silence && ends "$lost"; } >"$T/said"; play 'nor is silence at confirm' <"$T/said"

# ---- what is not understood
{ printf '%s\n' 'caller: Allô ?' 'bot: Bonjour, *' 'bot: *' 'bot: *' 'bot: *' 'caller: Hein ?' 'bot: Bonjour, *' 'bot: *' 'bot: *' 'bot: *' 'caller: Oui.' 'state: q1'; } >"$T/said"; play 'Allô, Hein: the question again, and no refusal' <"$T/said"
{ printf '%s\n' 'caller: Allô ?' 'caller: Allô, allô ?' 'caller: Je n'\''entends rien.' && ends "$lost"; } >"$T/said"; play 'who cannot hear us at all: no answer' <"$T/said"
{ to q2 && printf '%s\n' 'caller: Pardon ?' 'bot: Vous chauffez-vous *' 'caller: oui' 'state: q3'; } >"$T/said"; play 'Pardon: the question again' <"$T/said"
{ to is_leads && printf '%s\n' 'caller: Hein ?' 'bot: Souhaitez-vous *' 'caller: Allô ?' 'bot: Souhaitez-vous *' 'caller: Comment ?' 'bot: Souhaitez-vous *' 'caller: Quoi ?' && ends "$lost"; } >"$T/said"; play 'Hein at is_leads is neither a lead nor a refusal' <"$T/said"
{ to is_leads && printf 'caller: %s\n' 'Ah oui hein, pourquoi pas.' && echo 'state: confirm'; } >"$T/said"; play 'but a yes with a hein in it is one' <"$T/said"
{ to q1 && printf '%s\n' mumble 'state: q2' mumble 'state: q3' mumble 'state: is_leads'; } >"$T/said"; play 'q1 to q3 go on, too, when nothing is understood' <"$T/said"
{ to is_leads && printf '%s\n' mumble 'bot: Souhaitez-vous *' mumble 'bot: Souhaitez-vous *' mumble && ends "$lost"; } >"$T/said"; play 'what nobody understands is no lead' <"$T/said"

# ---- who hangs up
for state in hello q1 q3 is_leads confirm; do
	{ to $state && printf '%s\n' hangup "result: $left"; } >"$T/said"; play "who hangs up at $state is no lead" <"$T/said"
done
{ to confirm && printf '%s\n' 'caller: le soir' 'state: bye_success' hangup "result: {\"slot\":\"evening\"}" "result: $lead"; } >"$T/said"; play 'who hangs up on the farewell has said all' <"$T/said"

# ---- machines
play 'an answering machine, by its words' <<END
caller: Vous êtes bien sur la messagerie de Paul Martin, laissez un message après le bip.
result: $lost
end: hangup
END
play 'also while we speak' <<END
interrupt: Bonjour, vous êtes sur le répondeur du 06 12 34 56 78.
result: $lost
end: hangup
END
printf '%s\n' 'caller: Là je suis occupé.' 'state: retry' >"$T/said"; play 'who is busy is no machine' <"$T/said"
for verdict in machine fax tone; do
	{ echo "amd: $verdict" && ends "$lost"; } >"$T/said"; play "amd says $verdict: no answer" <"$T/said"
done
{ to q2 && echo 'amd: machine' && ends "$lost"; } >"$T/said"; play 'also late' <"$T/said"
printf '%s\n' 'amd: silence' 'amd: human' 'caller: oui' 'state: q1' >"$T/said"; play 'who listens to hello in silence is no machine' <"$T/said"

# ---- never again, anger, a person
for state in hello q1 q2 q3 is_leads confirm; do
	{ to $state && printf '%s\n' 'caller: Hein ? Ne m'\''appelez plus le matin, retirez-moi de votre liste.' 'state: opt_out' 'bot: C'\''est noté.' 'bot: *' && ends "$never"; } >"$T/said"; play "$state: never again, by voice" <"$T/said"
	{ to $state && echo 'keys: 9' && ends "$pressed"; } >"$T/said"; play "$state: and by key" <"$T/said"
done
{ echo 'caller: non' && echo 'state: retry' && echo 'caller: Je ne veux plus être appelé.' && ends "$never"; } >"$T/said"; play 'retry: never again, by voice' <"$T/said"
{ printf '%s\n' 'caller: non' 'state: retry' 'keys: 9' && ends "$pressed"; } >"$T/said"; play 'retry: and by key' <"$T/said"
play 'never again, while hello is said' <<END
bot: Bonjour, ici l'assistant *--
interrupt: Arrêtez de m'appeler !
state: opt_out
bot: C'est noté.
bot: Merci *
result: $never
END
{ echo 'press: 9' && ends "$pressed"; } >"$T/said"; play 'and by key' <"$T/said"
for state in hello q2 is_leads confirm; do
	{ to $state && echo 'caller: C'\''est scandaleux, bande de voleurs !' && ends '{"anger":true}' "$refused"; } >"$T/said"; play "$state: anger ends the call" <"$T/said"
done
{ to q1 && printf '%s\n' 'caller: Je voudrais parler à un conseiller.' 'state: is_leads' 'caller: Oui, passez-moi un conseiller.' 'state: confirm'; } >"$T/said"; play 'who wants a person is asked whether one shall call' <"$T/said"
{ to q1 && printf '%s\n' 'caller: Non, au revoir.' && ends "$refused"; } >"$T/said"; play 'who says goodbye is let go' <"$T/said"
{ printf 'keys: %s\n' 1 1 2 1 1 3 && ends '{"slot":"evening"}' "$lead"; } >"$T/said"; play 'all of it by keys' <"$T/said"
{ printf 'keys: %s\n' 2 2 && ends "$refused"; } >"$T/said"; play 'and no' <"$T/said"

# ---- another campaign
check 'each hello says at once that a machine speaks, records, and how to be left alone' 'for text in "$(jq -r .phrases.hello "$scenario")" "$(cat "$here/fibre/hello.txt")"; do
	echo "$text" | grep "intelligence artificielle.*enregistré.*appelé, tapez"; done | wc -l | grep -x 2'
check 'a campaign is nine texts' '[ "$(ls "$here/fibre" | xargs)" = "bye_failed.txt bye_success.txt confirm.txt hello.txt is_leads.txt q1.txt q2.txt q3.txt retry.txt" ]'
campaigns=$T/spool/campaigns
mkdir -p "$campaigns"
make_fibre() { prompts --texts --language=fr --gain=norm "$here/fibre" "$campaigns/fibre" 2>"$T/err" >"$T/made" || { cat "$T/err" && return 1; }; }
ok 'texts become recordings' make_fibre
check 'nine, for the telephone' '[ "$(soxi -r "$campaigns"/fibre/*.wav | sort -u)" = 8000 ] && [ "$(find "$campaigns/fibre" -name "*.wav" | wc -l)" = 9 ]'
check 'that carry their words' '[ "$(jq -r .q1.text "$campaigns/fibre/audio_texts.json")" = "$(cat "$here/fibre/q1.txt")" ]'
ok 'and are phrases of the same dialogue' agent --sounds="$campaigns/fibre" --check "$scenario"
says_fibre() {
	printf 'scenario: %s\nbot: Bonjour, ici l'\''assistant virtuel de Fibre Azur, *\ncaller: oui\nbot: Avez-vous déjà une connexion *\n' "$scenario" >"$T/dialogue" &&
		agent --sounds="$campaigns/fibre" --text "$T/dialogue"
}
ok 'with its words' says_fibre
cp -r "$campaigns/fibre" "$T/eight" && rm "$T/eight/q2.wav"
check 'of eight recordings none begins' 'must_fail 65 agent --sounds="$T/eight" --check "$scenario" 2>"$T/err" && grep -q "phrases.q2: cannot read .*/q2.wav" "$T/err"'
echo '{"hello": ' >"$T/eight/audio_texts.json"
check 'nor with a broken list' 'must_fail 65 agent --sounds="$T/eight" --check "$scenario" 2>"$T/err" && grep -q "audio_texts.json: line 2" "$T/err"'
plan
