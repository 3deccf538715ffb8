"""Write every JSON example of callpipe-scenario(5) as a scenario of its own: manual-examples.py MANUAL FOLDER.

An example is a whole scenario, or members of one ("phrases": ...), or rules ({"words": ...}, ...). What is no whole
scenario is put into one, which has the states, variables and tools the others are about. Sound files are made, empty.
"""
import json, re, sys

manual, folder = sys.argv[1:]


def whole():
    return {
        "name": "example", "start": "welcome", "problem": "goodbye",
        "variables": {"client": {}, "customer": "", "debt": 0, "tries": 0},
        "destinations": {"desk": "the front desk"},
        "on": [{"no_input": 3, "goto": "goodbye"}, {"no_match": 3, "goto": "goodbye"}],
        "states": {
            "welcome": {"say": ["Hello."], "on": [
                {"dtmf": "1", "goto": "transfer"}, {"dtmf": "2", "goto": "diagnostic"}]},
            "goodbye": {"say": "Goodbye.", "hangup": True},
            "transfer": {"say": "One moment.", "transfer": "desk"},
            "diagnostic": {"say": "Well.", "goto": "goodbye"},
        },
        "tools": {"find_client": {"command": ["true"], "arguments": {
            "type": "object", "properties": {"number": {"type": "string"}}}}},
    }


def scenario(text):
    if text.startswith('{\n  "name"'):
        return json.loads(text)
    made = whole()
    welcome = made["states"]["welcome"]
    if not text.startswith('"'):
        welcome["on"] += json.loads("[" + text + "]")
        return made
    members = json.loads("{" + text + "}")
    more = members.pop("states", {})
    welcome["on"] += [{"words": name, "goto": name} for name in more]
    made["states"].update(more)
    made.update(members)
    # what is there has to be used
    welcome["say"] += ["phrase:" + name for name in members.get("phrases", {})]
    welcome["on"] += [{"intent": name, "repeat": True} for name in members.get("intents", {})]
    return made


n = 0
for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", open(manual, encoding="utf-8").read(), re.S | re.M):
    text = block.strip().replace("\\e", "\\").replace("\\&", "")
    if text[0] not in '{"':
        continue
    n += 1
    with open(f"{folder}/example-{n}.json", "w", encoding="utf-8") as file:
        json.dump(scenario(text), file, indent=1)
    for name in re.findall(r"[a-z0-9_]+\.wav", text):
        open(f"{folder}/{name}", "w").close()
    for name in re.findall(r"[a-z0-9_]+\.md", text):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write("You answer the telephone.\n")
print(n)
