#include "recipe/versions.h"

const struct version versions_table[] = {
    {"2.102.6",
     {{"linux_amd64", "7665d46e17edd3343f77aca839572bbf1dd3185132152c7dbf46bb83f3921185"},
      {"linux_arm64", "be4551f8edb181efaddfc134c8ac6a6708729a298883180920505811e254791b"},
      {"darwin_amd64", "9d828f599db2841d246cc39a186e62ce1a83902302e16368c3d5e78ad97ed931"},
      {"darwin_arm64", "4899abde42ee347b9f6d6db7f762b8c67395c3d12f217bf976cfa79a62157be5"}}},
    {"2.102.5",
     {{"linux_amd64", "e7a10356d08f826d7515faf34d2a65ed897a05f09544de113110d1113f5d65c5"},
      {"linux_arm64", "0e91f11d44baa148e836588ebd9447711661ee5c8ce7ffabd8389cd87ef28198"},
      {"darwin_amd64", "bc486580fa2cc598cb28eb16a9ed121943251914e0fcc175331f99d626d14b80"},
      {"darwin_arm64", "3ac28abd5badffeec1e59b8a994aefd96a4148a525a77e1dd98c3351127d1c48"}}},
    {"2.102.4",
     {{"linux_amd64", "c6dcadc21b59d1d8981716ab091660a63865fd0a1d170c5e8b7f2ebcfae20f8e"},
      {"linux_arm64", "9d39cdb237718a7d21b6a9ee9869fc213d7b347c47852370f8afe809b8097d5a"},
      {"darwin_amd64", "266661b210c798621899c18b9bf9a72134efc83e1a183648ffb71bc2f72c9962"},
      {"darwin_arm64", "2946cb82b6785ccf6800c5fbacea819933fb405ec53a0f5360a10903526b6647"}}},
    {"2.102.3",
     {{"linux_amd64", "af105e1e496b6e17e782bc159c674db0522010ef779a314d6fa8598a4b868cd6"},
      {"linux_arm64", "ee83690ea654811e9a2045879824d3346af42c383071670f63259e8125c414b1"},
      {"darwin_amd64", "362f24b04267b4e7ce63a8f8c80c5cafda2e3a29cf332ac2d1f337dc161c3159"},
      {"darwin_arm64", "b97f40610c51118365cc4561923e3fafdfbb6719c3a5028c3ac2788e6d3fc3d3"}}},
    {"2.102.2",
     {{"linux_amd64", "023fa421c2f4bd670679e5a0cef86ebfa2cc48ebe9802b5acd836dad3f5f83f9"},
      {"linux_arm64", "81a87043cd937c10adbf32316c5150aefb4223b48534aec1ac48ed8cd65bd6bb"},
      {"darwin_amd64", "7744a6dc35e4d407d05af546503b4e69d41596a0a10a8cceda359e83fa499643"},
      {"darwin_arm64", "8d5c4fdd5836605e32391d5c27b2f6cb898e44c6b7b511934eb5becdfab52fd4"}}},
    {"2.102.1",
     {{"linux_amd64", "144a88d34f3aac4ef34010e473145a79b322a82c76ef8e5a46e3edf72ad65047"},
      {"linux_arm64", "5f303eb9a3603b7f5afc78c3374bea7b556ea11ce81e94790507904d66aa715d"},
      {"darwin_amd64", "576be0b87f03ef703974e2fcf3fc5b66ee5df53b8e2f10f7f1c85449d4a74419"},
      {"darwin_arm64", "6353abcf1bcdfce70069c111883fb14b22f4fe850454ba8a2b7cb4d5250572ea"}}},
    {"2.102.0",
     {{"linux_amd64", "8518dbe1d3856b20b787ef937b1ca9e88aeed5d8ecb095deb6dec77238cef4a2"},
      {"linux_arm64", "21ab9d79b72f987b7f1677a15ae0abc9cd1ba14fb51ccad4741470e561337e62"},
      {"darwin_amd64", "3447dbc4ad8e8c858751ef8e7eb31094cf984d442aff5461b2dbccbdf5da0c3a"},
      {"darwin_arm64", "34828c94c97fb2a80e4aa69d7ce36cbc6e558c018c41d7ef6f5ed8112af075eb"}}},
};

const size_t versions_count = sizeof(versions_table) / sizeof(*versions_table);

const struct version *versions_find(struct text number) {
    for (size_t i = 0; i < versions_count; i++)
        if (text_is(number, versions_table[i].number)) return &versions_table[i];
    return NULL;
}

const char *versions_sha256(const struct version *version, struct text platform) {
    for (size_t i = 0; i < VERSIONS_PLATFORMS; i++)
        if (text_is(platform, version->archives[i].platform)) return version->archives[i].sha256;
    return NULL;
}
