export async function checkRepositories() {}
