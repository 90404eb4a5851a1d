#include "baked.h"

/* Expectations are what buildx 0.29 prints. */
static const struct baked_row values[] = {
    {"a variable",
     {{"docker-bake.hcl", "variable 'V' {\n  default = 'v'\n}\ntarget 'a' {\ntags = [V, 'x:${V}', '${V}']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['v','x:v']}"
     "}}",
     NULL},
    {"a variable without a default",
     {{"docker-bake.hcl", "variable 'V' {}\ntarget 'a' {\nargs = { A = V, B = 'x${V}' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'','B':"
     "'x'}}}}",
     NULL},
    {"a variable that is null",
     {{"docker-bake.hcl", "variable 'V' { default = null }\ntarget 'a' {\nargs = { A = V, V = V, B = 'b' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'B':'b'}}}"
     "}",
     NULL},
    {"a variable of a number",
     {{"docker-bake.hcl", "variable 'V' { default = 1.50 }\ntarget 'a' {\nargs = { A = V, B = 'x${V}' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'1.5','"
     "B':'x1.5'}}}}",
     NULL},
    {"a variable with a type",
     {{"docker-bake.hcl", "variable 'V' {\n  type = string\n  default = 'x'\n}\ntarget 'a' {\nargs = { A = V }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'x'}}}"
     "}",
     NULL},
    {"a variable of a variable",
     {{"docker-bake.hcl",
       "variable 'A' { default = 'a${B}' }\nvariable 'B' { default = 'b' }\ntarget 'a' {\ntags = [A]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['ab']}}}",
     NULL},
    {"a variable of a list",
     {{"docker-bake.hcl",
       "variable 'P' { default = ['linux/amd64', 'linux/arm64'] }\ntarget 'a' {\nplatforms = P\ntags = '${P}'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['linux/"
     "amd64','linux/arm64'],'platforms':['linux/amd64','linux/arm64']}}}",
     NULL},
    {"a variable of an object",
     {{"docker-bake.hcl", "variable 'P' { default = { X = 'y' } }\ntarget 'a' {\nargs = P\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'X':'y'}}}"
     "}",
     NULL},
    {"a variable twice",
     {{"docker-bake.hcl", "variable 'V' {}\nvariable 'V' { default = 'w' }\ntarget 'a' {\ntags = [V]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['w']}}}",
     NULL},
    {"an attribute beats a variable",
     {{"docker-bake.hcl", "variable 'V' {\n  default = 'v'\n}\nV = 'top'\ntarget 'a' {\ntags = [V]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['top']}}}",
     NULL},
    {"an attribute that is true",
     {{"docker-bake.hcl", "B = true\ntarget 'a' {\npull = B\nargs = { A = B }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'A':'true'}"
     ",'pull':true}}}",
     NULL},
    {"an attribute of a list",
     {{"docker-bake.hcl", "P = ['x', 'y']\ntarget 'a' {\ntags = P\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x','y']}}"
     "}",
     NULL},
    {"variables of JSON",
     {{"docker-bake.json",
       "{'variable': {'V': {'default': 'v'}, 'W': {}}, 'target': {'a': {'tags': ['${V}', 'x${W}']}}}"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['v','x']}}"
     "}",
     NULL},
    {"texts from other types",
     {{"docker-bake.hcl", "target 'a' {\ncontext = 5\ntags = [1, true]\nlabels = { A = 1 }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'5','dockerfile':'Dockerfile','labels':{'A':'1'},"
     "'tags':['1','true']}}}",
     NULL},
    {"tags that are empty or twice",
     {{"docker-bake.hcl", "target 'a' {\ntags = ['x', '', 'y', 'x']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','tags':['x','y']}}"
     "}",
     NULL},
    {"the context is cleaned",
     {{"docker-bake.hcl", "target 'a' {\ncontext = './x/../y/'\ncontexts = { b = './z/' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'y','contexts':{'b':'./z/"
     "'},'dockerfile':'Dockerfile'}}}",
     NULL},
    {"but not a remote one",
     {{"docker-bake.hcl", "target 'a' {\ncontext = 'https://github.com/x/y.git#main:sub'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'https://github.com/x/"
     "y.git#main:sub','dockerfile':'Dockerfile'}}}",
     NULL},
    {"the directory of the call",
     {{"docker-bake.hcl", "target 'a' {\ncontext = 'cwd://x/'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'x','dockerfile':'Dockerfile'}}}",
     NULL},
    {"an empty Dockerfile is the usual one",
     {{"docker-bake.hcl", "target 'a' {\ndockerfile = ''\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a Dockerfile is not cleaned",
     {{"docker-bake.hcl", "target 'a' {\ndockerfile = './x//Dockerfile'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'./x//Dockerfile'}}}",
     NULL},
    {"an empty context goes",
     {{"docker-bake.hcl", "target 'a' {\ncontexts = { b = '', c = 'x' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'c':'x'},'dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"escapes where buildx has them",
     {{"docker-bake.hcl",
       "target 'a' {\nargs = { A = '$${x}' }\nlabels = { B = '%%{y}' }\nannotations = ['c=$${z}']\nextra-hosts = { h = "
       "'$${w}' }\ntags = ['$${t}']\ndockerfile-inline = 'FROM $${i}'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'annotations':['c=$${z}'],'context':'.','dockerfile':'"
     "Dockerfile','dockerfile-inline':'FROM "
     "$${i}','args':{'A':'$${x}'},'labels':{'B':'%%{y}'},'tags':['${t}'],'extra-hosts':{'h':'$${w}'}}}}",
     NULL},
    {"all scalars",
     {{"docker-bake.hcl", "target 'a' {\ndescription = 'd'\ntarget = 't'\nnetwork = 'none'\nshm-size = '128m'\ncall = "
                          "'check'\npull = false\nno-cache = true\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'description':'d','context':'.','dockerfile':'Dockerfile','"
     "target':'t','pull':false,'no-cache':true,'network':'none','shm-size':'128m','call':'check'}}}",
     NULL},
    {"all lists",
     {{"docker-bake.hcl", "target 'a' {\nannotations = ['a=b']\nplatforms = ['linux/arm64']\nno-cache-filter = "
                          "['x']\nulimits = ['nofile=1024:2048']\nentitlements = ['security.insecure']\nextra-hosts = "
                          "{ z = '1.1.1.1', b = '2.2.2.2' }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'annotations':['a=b'],'context':'.','dockerfile':'"
     "Dockerfile','platforms':['linux/"
     "arm64'],'no-cache-filter':['x'],'ulimits':['nofile=1024:2048'],'entitlements':['security.insecure'],'extra-hosts'"
     ":{'b':'2.2.2.2','z':'1.1.1.1'}}}}",
     NULL},
    {"the network of the host is an entitlement",
     {{"docker-bake.hcl", "target 'a' {\nnetwork = 'host'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','network':'host','"
     "entitlements':['network.host']}}}",
     NULL},
    {"caches",
     {{"docker-bake.hcl", "target 'a' {\ncache-from = ['u/x', 'type=gha,Scope=y', 'p,q', { type = 's3', region = 'r' "
                          "}]\ncache-to = ['type=registry,ref=z,mode=max']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','cache-from':[{'"
     "ref':'u/"
     "x','type':'registry'},{'scope':'y','type':'gha'},{'ref':'p','type':'registry'},{'ref':'q','type':'registry'},{'"
     "region':'r','type':'s3'}],'cache-to':[{'mode':'max','ref':'z','type':'registry'}]}}}",
     NULL},
    {"equal caches in bake's own order",
     {{"docker-bake.hcl", "target 'a' {\ncache-from = ['a', 'b', 'a', 'c', 'd', 'd']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','cache-from':[{'"
     "ref':'a','type':'registry'},{'ref':'b','type':'registry'},{'ref':'d','type':'registry'},{'ref':'c','type':'"
     "registry'}]}}}",
     NULL},
    {"a field in quotes",
     {{"docker-bake.hcl", "target 'a' {\ncache-from = ['type=x,\\'a=b,c\\',d=\\'e']\n}\n"}},
     "a",
     NULL,
     "bake-invalid@2:15"},
    {"a field in quotes, well",
     {{"docker-bake.hcl", "target 'a' {\ncache-from = ['type=x,\\'a=b,\\'\\'c\\'']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','cache-from':[{'a':"
     "'b,\\'c','type':'x'}]}}}",
     NULL},
    {"outputs",
     {{"docker-bake.hcl", "target 'a' {\noutput = ['type=image,push=true', 'out', '-', 'push=true', { type = 'local', "
                          "dest = 'd' }]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','output':[{'push':'"
     "true','type':'image'},{'dest':'out','type':'local'},{'dest':'-','type':'tar'},{'dest':'push=true','type':'local'}"
     ",{'dest':'d','type':'local'}]}}}",
     NULL},
    {"an empty list is nothing",
     {{"docker-bake.hcl", "target 'a' {\noutput = []\ncache-to = ['']\nattest = []\ncontexts = {}\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"attestations",
     {{"docker-bake.hcl",
       "target 'a' {\nattest = ['type=provenance,mode=max', { type = 'sbom', disabled = 'true' }]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'attest':[{'mode':'max','type':'provenance'},{'disabled':"
     "true,'type':'sbom'}],'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"an attestation that is on",
     {{"docker-bake.hcl",
       "target 'a' {\nattest = ['type=sbom,disabled=false', 'type=provenance', 'type=provenance,mode=min']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'attest':[{'type':'sbom'},{'mode':'min','type':'provenance'"
     "}],'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"secrets",
     {{"docker-bake.hcl", "target 'a' {\nsecret = ['id=a,env=A', 'type=env,id=b,src=B', { id = 'c', env = 'C', zz = "
                          "'z' }, 'id=a,env=Z']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','secret':[{'id':'a'"
     ",'env':'Z'},{'id':'b','env':'B'},{'id':'c','env':'C'}]}}}",
     NULL},
    {"ssh",
     {{"docker-bake.hcl", "target 'a' {\nssh = [{ id = 'default' }]\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','ssh':[{'id':'"
     "default'}]}}}",
     NULL},
    {"ssh keys of one id",
     {{"docker-bake.hcl", "target 'a' {\nssh = ['default', 'default']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','ssh':[{'id':'"
     "default'}]}}}",
     NULL},
    {"a group with a description",
     {{"docker-bake.hcl",
       "group 'default' {\n  description = 'd'\n  targets = ['b', 'a']\n}\ntarget 'a' {}\ntarget 'b' {}\n"}},
     "",
     "{'group':{'default':{'description':'d','targets':['a','b']}},'target':{'a':{'context':'.','dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"an empty group",
     {{"docker-bake.hcl", "group 'default' { targets = [] }\n"}},
     "",
     "{'group':{'default':{'targets':[]}},'target':{}}",
     NULL},
    {"groups in groups",
     {{"docker-bake.hcl", "group 'default' { targets = ['g', 'c'] }\ngroup 'g' { targets = ['b', 'a'] }\ntarget 'a' "
                          "{}\ntarget 'b' {}\ntarget 'c' {}\n"}},
     "",
     "{'group':{'default':{'targets':['c','g']},'g':{'targets':['b','a']}},'target':{'a':{'context':'.','dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile'},'c':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a group asked for by name",
     {{"docker-bake.hcl", "group 'default' { targets = ['c'] }\ngroup 'g' { targets = ['b', 'a'] }\ntarget 'a' "
                          "{}\ntarget 'b' {}\ntarget 'c' {}\n"}},
     "g",
     "{'group':{'default':{'targets':['g']},'g':{'targets':['b','a']}},'target':{'a':{'context':'.','dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a group and a target",
     {{"docker-bake.hcl", "group 'default' { targets = ['c'] }\ngroup 'g' { targets = ['b'] }\ntarget 'a' {}\ntarget "
                          "'b' {}\ntarget 'c' {}\n"}},
     "g a",
     "{'group':{'default':{'targets':['a','g']},'g':{'targets':['b']}},'target':{'a':{'context':'.','dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"default and another",
     {{"docker-bake.hcl", "group 'default' { targets = ['c'] }\ntarget 'a' {}\ntarget 'c' {}\n"}},
     "default a",
     "{'group':{'default':{'targets':['a','c']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'},'c':{'context'"
     ":'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a target named default",
     {{"docker-bake.hcl", "target 'default' {}\ntarget 'a' {}\n"}},
     "",
     "{'group':{'default':{'targets':['default']}},'target':{'default':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a group and a target of one name",
     {{"docker-bake.hcl", "group 'a' { targets = ['a'] }\ntarget 'a' {}\n"}},
     "a",
     "{'group':{'a':{'targets':['a']},'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'"
     "Dockerfile'}}}",
     NULL},
    {"a point in what is asked for",
     {{"docker-bake.hcl", "target 'a_b' {}\n"}},
     "a.b",
     "{'group':{'default':{'targets':['a_b']}},'target':{'a_b':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"a name twice",
     {{"docker-bake.hcl", "target 'a' {}\n"}},
     "a a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"one diamond of groups",
     {{"docker-bake.hcl", "group 'default' { targets = ['x', 'y'] }\ngroup 'x' { targets = ['a'] }\ngroup 'y' { "
                          "targets = ['x', 'a'] }\ntarget 'a' {}\n"}},
     "",
     "{'group':{'default':{'targets':['x','y']},'x':{'targets':['a']},'y':{'targets':['x','a']}},'target':{'a':{'"
     "context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"blocks of one name",
     {{"docker-bake.hcl",
       "target 'a' {\ncontext = 'x'\nargs = { A = '1', B = '2' }\ntags = ['x']\ncache-from = ['c']\n}\ntarget 'a' "
       "{\ndockerfile = 'y'\nargs = { A = '3', B = null }\ntags = ['y']\ncache-from = ['d', 'c']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'x','dockerfile':'y','args':{'A':'3','B':'2'},'"
     "tags':['y'],'cache-from':[{'ref':'c','type':'registry'},{'ref':'d','type':'registry'}]}}}",
     NULL},
    {"an empty list replaces",
     {{"docker-bake.hcl", "target 'a' {\ntags = ['x']\noutput = ['out']\nplatforms = ['linux/arm64']\n}\ntarget 'a' "
                          "{\ntags = []\noutput = []\nplatforms = []\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile'}}}",
     NULL},
    {"null does not",
     {{"docker-bake.hcl",
       "target 'a' {\ntags = ['x']\ncontext = 'c'\n}\ntarget 'a' {\ntags = null\ncontext = null\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'c','dockerfile':'Dockerfile','tags':['x']}}}",
     NULL},
    {"what is added",
     {{"docker-bake.hcl",
       "target 'a' {\nannotations = ['a=1']\nno-cache-filter = ['x']\nulimits = ['nofile=1:1']\nsecret = "
       "['id=s,env=A']\nattest = ['type=sbom']\n}\ntarget 'a' {\nannotations = ['b=2']\nno-cache-filter = ['y', "
       "'x']\nulimits = ['nproc=1:1']\nsecret = ['id=t,env=B', 'id=s,env=C']\nattest = ['type=sbom,disabled=true', "
       "'type=provenance']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'annotations':['a=1','b=2'],'attest':[{'disabled':true,'"
     "type':'sbom'},{'type':'provenance'}],'context':'.','dockerfile':'Dockerfile','secret':[{'id':'s','env':'C'},{'id'"
     ":'t','env':'B'}],'no-cache-filter':['x','y'],'ulimits':['nofile=1:1','nproc=1:1']}}}",
     NULL},
    {"inherited",
     {{"docker-bake.hcl", "target 'p' {\n  args = { A = '1', B = '2' }\n  tags = ['p']\n  context = 'p'\n  labels = { "
                          "L = 'l' }\n}\ntarget 'a' {\ninherits = ['p']\nargs = { B = '3' }\ntags = ['a']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'p','dockerfile':'Dockerfile','args':{'A':'1','B'"
     ":'3'},'labels':{'L':'l'},'tags':['a']}}}",
     NULL},
    {"a later parent wins",
     {{"docker-bake.hcl", "target 'p' {\n  context = 'p'\n  args = { A = 'p' }\n}\ntarget 'q' {\n  context = "
                          "'q'\n}\ntarget 'a' {\ninherits = ['p', 'q']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'q','dockerfile':'Dockerfile','args':{'A':'p'}}}"
     "}",
     NULL},
    {"parents of parents",
     {{"docker-bake.hcl", "target 'p' {\n  inherits = ['q']\n  context = 'p'\n}\ntarget 'q' {\n  context = 'q'\n  "
                          "dockerfile = 'q'\n}\ntarget 'a' {\ninherits = ['p']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'p','dockerfile':'q'}}}",
     NULL},
    {"the description of a parent",
     {{"docker-bake.hcl", "target 'p' {\n  description = 'p'\n}\ntarget 'a' {\ninherits = ['p']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'description':'p','context':'.','dockerfile':'Dockerfile'}}"
     "}",
     NULL},
    {"the entitlement of a parent stays",
     {{"docker-bake.hcl",
       "target 'p' {\n  network = 'host'\n}\ntarget 'a' {\ninherits = ['p']\nnetwork = 'none'\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','network':'none','"
     "entitlements':['network.host']}}}",
     NULL},
    {"a context that is a target",
     {{"docker-bake.hcl",
       "target 'a' {\ncontexts = { x = 'target:b' }\n}\ntarget 'b' {\n  tags = ['b']\n  output = ['out']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'x':'target:b'},'dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile','tags':['b'],'output':[{'type':'cacheonly'}]}}}",
     NULL},
    {"a linked target that is asked for, too",
     {{"docker-bake.hcl", "target 'a' {\ncontexts = { x = 'target:b' }\n}\ntarget 'b' {\n  output = ['out']\n}\n"}},
     "a b",
     "{'group':{'default':{'targets':['a','b']}},'target':{'a':{'context':'.','contexts':{'x':'target:b'},'dockerfile':"
     "'Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile','output':[{'dest':'out','type':'local'}]}}}",
     NULL},
    {"links of links",
     {{"docker-bake.hcl", "target 'a' {\ncontexts = { x = 'target:b' }\n}\ntarget 'b' {\n  contexts = { y = 'target:c' "
                          "}\n}\ntarget 'c' {\n  entitlements = ['security.insecure']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'x':'target:b'},'dockerfile':'"
     "Dockerfile','entitlements':['security.insecure']},'b':{'context':'.','contexts':{'y':'target:c'},'dockerfile':'"
     "Dockerfile','output':[{'type':'cacheonly'}],'entitlements':['security.insecure']},'c':{'context':'.','dockerfile'"
     ":'Dockerfile','output':[{'type':'cacheonly'}],'entitlements':['security.insecure']}}}",
     NULL},
    {"a link that is inherited",
     {{"docker-bake.hcl",
       "target 'p' {\n  contexts = { x = 'target:b' }\n}\ntarget 'b' {}\ntarget 'a' {\ninherits = ['p']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'x':'target:b'},'dockerfile':'"
     "Dockerfile'},'b':{'context':'.','dockerfile':'Dockerfile','output':[{'type':'cacheonly'}]}}}",
     NULL},
    {"the platforms of a link",
     {{"docker-bake.hcl",
       "target 'a' {\ncontexts = { x = 'target:b' }\nplatforms = ['linux/amd64', 'linux/arm64']\n}\ntarget 'b' {\n  "
       "platforms = ['linux/arm64', 'linux/amd64', 'linux/arm']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','contexts':{'x':'target:b'},'dockerfile':'"
     "Dockerfile','platforms':['linux/amd64','linux/"
     "arm64']},'b':{'context':'.','dockerfile':'Dockerfile','platforms':['linux/arm64','linux/amd64','linux/"
     "arm'],'output':[{'type':'cacheonly'}]}}}",
     NULL},
    {"null over what a block said, and over nothing",
     {{"docker-bake.hcl", "variable 'V' { default = null }\ntarget 'a' {\nargs = { V = 'x' }\n}\ntarget 'a' {\nargs = "
                          "{ V = V, W = V }\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'context':'.','dockerfile':'Dockerfile','args':{'V':'x'}}}"
     "}",
     NULL},
    {"an attestation of an object without a type",
     {{"docker-bake.hcl", "target 'a' {\n  attest = [{ mode = 'x' }, 'type=sbom']\n}\n"}},
     "a",
     "{'group':{'default':{'targets':['a']}},'target':{'a':{'attest':[{'mode':'x','type':''},{'type':'sbom'}],'context'"
     ":'.','dockerfile':'Dockerfile'}}}",
     NULL},
};

#define RUN(rows)                                                                                                      \
    for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++)                                                      \
    baked_check(&(rows)[i])

int main(void) {
    RUN(values);
    return check_done("bake");
}
