using Tiketi.Pipeline.Images;

namespace Tiketi.Pipeline.Tests.Images;

public sealed class IgnoreRulesTests
{
    [Theory]
    // a pattern without wildcards names one path from the root, and all below it
    [InlineData("node_modules", "node_modules", true)]
    [InlineData("node_modules", "node_modules/x/y.js", true)]
    [InlineData("node_modules", "app/node_modules", false)]
    [InlineData("/node_modules/", "node_modules/x", true)]
    [InlineData("./a/../b", "b", true)]
    [InlineData("a/b", "a", false)]
    [InlineData("README.md", "README.mdx", false)]
    // * and ? stay within a name
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("*/temp*", "one/temporary.txt", true)]
    [InlineData("*/temp*", "one/two/temp", false)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("temp?", "temp/", false)]
    // ** is any number of folders, none too
    [InlineData("**/*.go", "main.go", true)]
    [InlineData("**/*.go", "a/b/main.go", true)]
    [InlineData("a/**/z", "a/z", true)]
    [InlineData("a/**/z", "a/b/c/z", true)]
    [InlineData("a/**/z", "az", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("a/**", "a/b/c", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("**/.env*", "services/x/.env.local", true)]
    // plain text after a leading ** is the end of a path, wherever a name begins
    [InlineData("**.js", "src/app.js", true)]
    [InlineData("**a", "b/xa", true)]
    [InlineData("**/a", "b/xa", false)]
    [InlineData("x**", "xyz/a", true)]
    // character classes and escapes
    [InlineData("file[0-9]", "file7", true)]
    [InlineData("file[0-9]", "filex", false)]
    [InlineData("file[^0-9]", "filex", true)]
    [InlineData(@"file[\]\-x]", "file]", true)]
    [InlineData("a[[]b", "a[b", true)]
    [InlineData(@"\*.md", "*.md", true)]
    [InlineData(@"\*.md", "a.md", false)]
    [InlineData(@"\#notes", "#notes", true)]
    [InlineData(@"\!important", "!important", true)]
    // what a regular expression would read otherwise is plain text
    [InlineData("a.b", "axb", false)]
    [InlineData("a+b(c)|{d}$", "a+b(c)|{d}$", true)]
    // comments, spaces, line ends
    [InlineData("#comment\r\n  spaced  \r\n", "spaced", true)]
    [InlineData("#comment", "#comment", false)]
    [InlineData(" #kept", "#kept", true)]
    [InlineData("\uFEFFfirst", "first", true)]
    // exceptions, and the last match decides
    [InlineData("*.md\n!README.md", "README.md", false)]
    [InlineData("*.md\n!README.md", "OTHER.md", true)]
    [InlineData("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", true)]
    [InlineData("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", false)]
    [InlineData("!a\na", "a", true)]
    [InlineData("logs\n!logs/keep", "logs/keep/x", false)]
    [InlineData("logs\n!logs/keep", "logs/drop", true)]
    [InlineData("**\n!src/**\nsrc/secret", "src/app.js", false)]
    [InlineData("**\n!src/**\nsrc/secret", "src/secret", true)]
    [InlineData("*\n! spaced", "spaced", false)]
    public void Ignores_AsDockerDocuments(string rules, string path, bool ignored)
        => IgnoreRules.Parse(rules, ".dockerignore").Ignores(path).Should().Be(ignored);

    [Theory]
    [InlineData("ok\n[a-", "*.dockerignore:2*'[a-'*not closed*")]
    [InlineData("!", "*.dockerignore:1*exception needs a pattern*")]
    [InlineData(@"a\", @"*.dockerignore:1*lone '\'*")]
    [InlineData("[b-a]", "*.dockerignore:1*no pattern*")]
    [InlineData("[]a]", "*.dockerignore:1*']' inside*")]
    [InlineData("[-a]", "*.dockerignore:1*'-' inside*")]
    [InlineData(@"\\[", "*.dockerignore:1*not closed*")]
    public void Parse_NamesTheLineOfAMalformedPattern(string rules, string message)
        => FluentActions.Invoking(() => IgnoreRules.Parse(rules, ".dockerignore")).Should().Throw<PipelineException>().WithMessage(message);

    [Theory]
    [InlineData("node_modules", "node_modules", false)]
    [InlineData("node_modules\n!node_modules/keep", "node_modules", true)]
    [InlineData("node_modules\n!src/keep", "node_modules", false)]
    [InlineData("node_modules\n!**/keep", "node_modules/a", true)]
    [InlineData("a\n!a/*/keep", "a/b", true)]
    public void MayKeepInside_LooksIntoAnIgnoredFolderOnlyForAnException(string rules, string folder, bool look)
        => IgnoreRules.Parse(rules, ".dockerignore").MayKeepInside(folder).Should().Be(look);
}
