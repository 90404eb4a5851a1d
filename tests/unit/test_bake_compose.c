#include "baked.h"

/* Expectations are what buildx 0.29 prints in the project directory. */
static const struct baked_row composed[] = {
    {"a context alone",
     {{"compose.yaml", "services:\n  a: {build: ./x/}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'x','dockerfile':'Dockerfile'}}}",
     NULL},
    {"nothing to build",
     {{"compose.yaml", "services:\n  a: {image: x}\n"}},
     "",
     "{'group':{'default':{'targets':null}},'target':{}}",
     NULL},
    {"names with points",
     {{"compose.yaml",
       "services:\n  a.b: {build: .}\n  c: {build: {context: ., additional_contexts: {b: 'service:a.b'}}}\n"}},
     "",
     "{'group':{'default':{'targets':['a_b','c']}},'target':{'a_b':{'context':'.','dockerfile':'Dockerfile'},'c':{'"
     "context':'.','contexts':{'b':'target:a_b'},'dockerfile':'Dockerfile'}}}",
     NULL},
    {"asked for with the point",
     {{"compose.yaml", "services:\n  a.b: {build: .}\n"}},
     "a.b",
     "{'group':{'default':{'targets':['a_b']}},'target':{'a_b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a Dockerfile as written",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: x\n      dockerfile: ../y//Dockerfile\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'x','dockerfile':'../y//Dockerfile'}}}",
     NULL},
    {"an inline Dockerfile",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      dockerfile_inline: |\n        FROM "
                       "$${x}\n        RUN $$y\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','dockerfile-inline'"
     ":'FROM $${x}\\nRUN $y\\n'}}}",
     NULL},
    {"a remote context",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: https://github.com/x/y.git#main\n      dockerfile: D\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'https://github.com/x/"
     "y.git#main','dockerfile':'D'}}}",
     NULL},
    {"scalars",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      target: t\n      network: host\n      "
                       "no_cache: true\n      pull: true\n      shm_size: 128m\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','target':'t','pull'"
     ":true,'no-cache':true,'network':'host','shm-size':'128MiB','entitlements':['network.host']}}}",
     NULL},
    {"sizes in bytes",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      shm_size: 1500000\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','shm-size':'1."
     "431MiB'}}}",
     NULL},
    {"a size in words",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      shm_size: 1.5gb\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','shm-size':'1.5GiB'"
     "}}}",
     NULL},
    {"false is not said",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      no_cache: false\n      pull: false\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"arguments of all types",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      args: {A: 1.10, B: true, C: '', D: null, E: '$$x'}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'1.1','"
     "B':'true','C':'','E':'$x'}}}}",
     NULL},
    {"an argument from the environment",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      args: [A, B, C=c]\n    environment: {A: x}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'x','C'"
     ":'c'}}}}",
     NULL},
    {"an argument from .env",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args: [A, B]\n    environment: [A]\n"},
      {".env", "A=x\nB=y\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'x','B'"
     ":'y'}}}}",
     NULL},
    {"variables of .env and defaults",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args: {A: '${A}', B: '${B:-b}', C: "
                       "'${C-${A}}', D: '${A:+d}'}\n    image: 'r/${A}'\n"},
      {".env", "A=x\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'x','B'"
     ":'b','C':'x','D':'d'},'tags':['r/x']}}}",
     NULL},
    {"labels",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      labels: {x.y: z, w: ''}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','labels':{'w':'','"
     "x.y':'z'}}}}",
     NULL},
    {"labels of a list",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      labels: [x.y=z, w]\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','labels':{'w':'','"
     "x.y':'z'}}}}",
     NULL},
    {"tags beat the image",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      tags: [x, y]\n    image: z\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x','y']}}"
     "}",
     NULL},
    {"the image is the tag",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n    image: z\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['z']}}}",
     NULL},
    {"the image is one of the tags",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      tags: [x, z]\n    image: z\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x','z']}}"
     "}",
     NULL},
    {"platforms",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      platforms: [linux/arm64, linux/amd64]\n   "
                       " platform: linux/arm64\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','platforms':['"
     "linux/arm64','linux/amd64']}}}",
     NULL},
    {"the service's platform is not the build's",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n    platform: linux/arm64\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"contexts",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      additional_contexts: {a: ./y/../z, b: "
                       "'docker-image://q', c: 'https://x/y.git', d: w/..}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'a':'z','b':'docker-image://"
     "q','c':'https://x/y.git','d':'.'},'dockerfile':'Dockerfile'}}}",
     NULL},
    {"caches",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      cache_from: [u/x, 'type=gha,scope=y', "
                       "'p,q', u/x]\n      cache_to: ['type=inline']\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','cache-from':[{'"
     "ref':'u/"
     "x','type':'registry'},{'scope':'y','type':'gha'},{'ref':'p','type':'registry'},{'ref':'q','type':'registry'}],'"
     "cache-to':[{'type':'inline'}]}}}",
     NULL},
    {"secrets under their own names",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      secrets: [s, {source: t, target: "
                       "u}]\nsecrets: {s: {file: ./s.txt}, t: {environment: HOME}}\n"},
      {"s.txt", ""}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','secret':[{'id':'s'"
     ",'src':'s.txt'},{'id':'t','env':'HOME'}]}}}",
     NULL},
    {"ssh in order",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      ssh: [default]\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','ssh':[{'id':'"
     "default'}]}}}",
     NULL},
    {"hosts",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      extra_hosts: ['h=1.1.1.1', 'h=2.2.2.2', 'g:3.3.3.3']\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','extra-hosts':{'g':"
     "'3.3.3.3','h':'1.1.1.1,2.2.2.2'}}}}",
     NULL},
    {"ulimits",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      ulimits: {nofile: 5, nproc: {soft: 1, hard: 2}}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','ulimits':['nofile="
     "0:0','nproc=1:2']}}}",
     NULL},
    {"attestations",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      provenance: mode=max\n      sbom: true\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'attest':[{'type':'sbom'},{'mode':'max','type':'provenance'"
     "}],'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"attestations that are off",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      provenance: false\n      sbom: generator=x\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'attest':[{'generator':'x','type':'sbom'},{'disabled':true,"
     "'type':'provenance'}],'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"what bake leaves out",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      privileged: true\n      entitlements: "
                       "[network.host]\n      isolation: x\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"x-bake",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      additional_contexts: {c: ./own}\n      "
                       "x-bake:\n        tags: x y\n        platforms: [linux/amd64]\n        output: type=docker\n    "
                       "    pull: true\n        no-cache: yes\n        no-cache-filter: f g\n        contexts: {c: "
                       "./x/, d: 'service:a.b'}\n        cache-from: ['u/x', 'type=gha']\n        secret: "
                       "['id=s,env=S']\n        zz: 1\n    image: z\n  a.b: {build: ./b}\n"}},
     "",
     "{'group':{'default':{'targets':['a','a_b']}},'target':{'a':{'context':'.','contexts':{'c':'own','d':'target:a_b'}"
     ",'dockerfile':'Dockerfile','tags':['x','y'],'cache-from':[{'ref':'u/"
     "x','type':'registry'},{'type':'gha'}],'secret':[{'id':'s','env':'S'}],'platforms':['linux/"
     "amd64'],'output':[{'type':'docker'}],'pull':true,'no-cache':true,'no-cache-filter':['f','g']},'a_b':{'context':'"
     "b','dockerfile':'Dockerfile'}}}",
     NULL},
    {"x-bake adds",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      tags: [x]\n      platforms: "
                       "[linux/arm64]\n      cache_from: [c]\n      no_cache: true\n      x-bake: {tags: [y, x], "
                       "platforms: linux/amd64, cache-from: d, no-cache: false}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x','y'],'"
     "cache-from':[{'ref':'c','type':'registry'},{'ref':'d','type':'registry'}],'platforms':['linux/arm64','linux/"
     "amd64'],'no-cache':false}}}",
     NULL},
    {"x-bake with variables",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {tags: 'x:${A} y:${B:-z}'}\n"},
      {".env", "A=a\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x:a','y:z'"
     "]}}}",
     NULL},
    {"x-bake with old words for truth values",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {pull: 'yes', no-cache: Off}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','pull':true,'no-"
     "cache':false}}}",
     NULL},
    {"an argument that no shell can hold",
     {{"compose.yaml", "services:\n  a: {build: {context: ., args: [a.b, 1A, \xc3\x84, c.d]}}\n"},
      {".env", "a.b=1\n1A=2\n\xc3\x84=3\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'1A':'2','"
     "a."
     "b':'1','\xc3\x84':'3'}}}}",
     NULL},
    {"caches that are named twice",
     {{"compose.yaml",
       "services:\n  a: {build: {context: ., cache_from: [a, b, a, c, b, d, e], cache_to: [x, x, c, d]}}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','cache-from':[{'"
     "ref':"
     "'a','type':'registry'},{'ref':'b','type':'registry'},{'ref':'d','type':'registry'},{'ref':'c','type':'registry'},"
     "{'"
     "ref':'e','type':'registry'}],'cache-to':[{'ref':'x','type':'registry'},{'ref':'d','type':'registry'},{'ref':'c','"
     "type':'registry'}]}}}",
     NULL},
    {"x-bake of nothing",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake:\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a bake file on top",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      args: {A: '1', B: '2'}\n      cache_from: "
                       "[x]\n    image: z\n"},
      {"docker-bake.hcl", "target 'a' {\n  args = { B = '3' }\n  tags = ['y']\n  cache-from = ['y']\n  platforms = "
                          "['linux/arm64']\n}\ntarget 'b' {\n  inherits = ['a']\n}\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'1','B'"
     ":'3'},'tags':['y'],'cache-from':[{'ref':'x','type':'registry'},{'ref':'y','type':'registry'}],'platforms':['"
     "linux/arm64']}}}",
     NULL},
    {"its default replaces",
     {{"compose.yaml", "services:\n  a: {build: .}\n  b: {build: .}\n"},
      {"docker-bake.hcl", "group 'default' { targets = ['b'] }\n"}},
     "",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a target from a bake file inherits",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: x\n      args: {A: '${A}'}\n"},
      {".env", "A=x\n"},
      {"docker-bake.hcl", "target 'b' {\n  inherits = ['a']\n  dockerfile = 'D'\n}\n"}},
     "b",
     "{'group':{'default':{'targets':['b']}},'target':{'b':{'context':'x','dockerfile':'D','args':{'A':'x'}}}}",
     NULL},
    {"variables of two bake files",
     {{"a.hcl", "variable 'V' { default = 'a' }\ntarget 'a' {\n  tags = ['x:${V}', 'y:${W}']\n}\n"},
      {"b.hcl", "variable 'V' { default = 'b' }\nvariable 'W' {}\ntarget 'a' {\n  context = W\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x:b','y:']"
     "}}}",
     NULL},
    {"HCL and JSON",
     {{"a.hcl", "target 'a' {\n  tags = ['x']\n  context = 'c'\n}\ngroup 'default' { targets = ['a'] }\n"},
      {"b.json", "{'target': {'a': {'tags': ['y']}, 'b': {}}, 'group': {'default': {'targets': ['b', 'a']}}}"}},
     "",
     "{'group':{'default':{'targets':['a','b']}},'target':{'a':{'context':'c','dockerfile':'Dockerfile','tags':['y']},'"
     "b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a project of Depot",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n"}},
     "",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
};

/* buildx refuses them. */
static const struct baked_row refused[] = {
    {"an external secret",
     {{"compose.yaml",
       "services:\n  a:\n    build:\n      context: .\n      secrets: [x]\nsecrets: {x: {external: true}}\n"}},
     "",
     NULL,
     "bake-invalid@4:7"},
    {"x-bake with a list of objects",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {output: [{type: image}]}\n"}},
     "",
     NULL,
     "bake-invalid@5:25"},
    {"x-bake with a switch that is none",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {pull: 'x'}\n"}},
     "",
     NULL,
     "bake-invalid@5:22"},
    {"x-bake with a cache of no type",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {cache-from: ['user=x']}\n"}},
     "",
     NULL,
     "bake-invalid@5:28"},
    {"x-bake with a truth value in quotes",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: {pull: 'true'}\n"}},
     "",
     NULL,
     "bake-invalid@5:22"},
    {"x-bake that is a list",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      x-bake: [x]\n"}},
     "",
     NULL,
     "bake-invalid@5:15"},
    {"a cache of no type",
     {{"compose.yaml", "services:\n  a:\n    build:\n      context: .\n      cache_from: ['user=x']\n"}},
     "",
     NULL,
     "bake-invalid@4:7"},
};

#define RUN(rows)                                                                                                      \
    for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                                                      \
    baked_check(&(rows)[i])

int main(void) {
    RUN(composed);
    RUN(refused);
    return check_done("bake_compose");
}
