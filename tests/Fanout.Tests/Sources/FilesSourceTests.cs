using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsCheck;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class FilesSourceTests : SourceContract
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private int _arranged;

    protected override int MinItems => 1;

    protected override Gen<string> GenItem => Texts.Line;

    protected override SourceSpec Arrange(IReadOnlyList<string> items)
    {
        _arranged++;
        for (var i = 0; i < items.Count; i++)
            Directory.Write(Relative(i), items[i]);
        return new FilesSourceSpec { Patterns = ["**/*.txt"], Root = Directory[$"{_arranged}"] };
    }

    protected override string Expected(string item, int index)
    {
        var file = new FileInfo(Directory[Relative(index)]);
        return JsonSerializer.Serialize(new { path = file.FullName, name = file.Name, size = file.Length, modified = file.LastWriteTimeUtc }, Relaxed);
    }

    [Theory]
    [InlineData("*", "a.txt|b.csv")]
    [InlineData("*.txt", "a.txt")]
    [InlineData("?.txt", "a.txt")]
    [InlineData("**/?.txt", "a.txt|x/a.txt|x/y/b.txt")]
    [InlineData("**/??.txt", "x/ab.txt|x/y/ab.txt")]
    [InlineData("**", "a.txt|b.csv|x/a.txt|x/ab.txt|x/y/ab.txt|x/y/b.txt|z/y/.h|z/y/c.csv")]
    [InlineData("x/", "x/a.txt|x/ab.txt|x/y/ab.txt|x/y/b.txt")]
    [InlineData("x/**", "x/a.txt|x/ab.txt|x/y/ab.txt|x/y/b.txt")]
    [InlineData("*/y/*", "x/y/ab.txt|x/y/b.txt|z/y/.h|z/y/c.csv")]
    [InlineData("**/y/**/*.csv", "z/y/c.csv")]
    [InlineData("x/y/b.txt", "x/y/b.txt")]
    [InlineData("./x/../x/y/b.txt", "x/y/b.txt")]
    [InlineData("**;!**/y/**", "a.txt|b.csv|x/a.txt|x/ab.txt")]
    [InlineData("**;!x/;!z/y/.*", "a.txt|b.csv|z/y/c.csv")]
    [InlineData("**;!*.txt;!**/a?.txt", "b.csv|x/a.txt|x/y/b.txt|z/y/.h|z/y/c.csv")]
    [InlineData("!b.csv;*;x/a*;x/*", "a.txt|x/a.txt|x/ab.txt")]
    public async Task Globs_FindFiles_InOrdinalOrder_EachOnce(string patterns, string expected)
    {
        var root = Tree();
        var values = await Paths(new FilesSourceSpec { Patterns = patterns.Split(';'), Root = root });
        Assert.Equal(expected.Split('|'), values.Select(v => Path.GetRelativePath(root, v).Replace('\\', '/')));
    }

    [Fact]
    public async Task AbsoluteGlobs_Work_WithRelativeAndAbsoluteExcludes()
    {
        var root = Tree();
        var spec = new FilesSourceSpec { Patterns = [$"{root}/**/*.txt", "!x/y/*", $"!{root}/a.txt", "!**/ab.*"], Root = root };
        Assert.Equal([$"{root}/x/a.txt"], await Paths(spec));
    }

    [Fact]
    public async Task RelativeGlobs_FromTheCurrentDirectory_GivePathsAsTyped()
    {
        var root = Tree();
        var climb = Path.GetRelativePath(Environment.CurrentDirectory, root).Replace('\\', '/');
        var paths = await Paths(new FilesSourceSpec { Patterns = [$"{climb}/x/*.txt", $"!{climb}/x/ab.txt"] });
        Assert.Equal([$"{climb}/x/a.txt"], paths);
        Assert.True(File.Exists(paths[0]));
    }

    [Fact]
    public async Task NoMatchAtAll_IsRefusedAtPlanning()
    {
        var source = SourceReading.Factory().Create(new FilesSourceSpec { Patterns = ["*.png", "nowhere/*"], Root = Tree() });
        var error = await Assert.ThrowsAsync<SourceException>(() => source.Plan(new MemoryWorkspace()));
        Assert.Contains("matches *.png, nowhere/*", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneOfSeveralPatterns_MayMatchNothing() =>
        Assert.Single(await Paths(new FilesSourceSpec { Patterns = ["*.png", "*.txt"], Root = Tree() }));

    [Fact]
    public async Task FilesThatComeOrGoAfterPlanning_ChangeNothing()
    {
        var root = Tree();
        var source = SourceReading.Factory().Create(new FilesSourceSpec { Patterns = ["*"], Root = root });
        var workspace = new MemoryWorkspace();
        var plan = await source.Plan(workspace);
        var before = await source.Read(plan, workspace, 0, plan.ItemCount);
        File.Delete(Path.Combine(root, "a.txt"));
        await File.WriteAllTextAsync(Path.Combine(root, "new.txt"), "");
        await source.VerifyAsync(plan, workspace, CancellationToken.None);
        Assert.Equal(before, await source.Read(plan, workspace, 0, plan.ItemCount));
    }

    [Fact]
    public async Task LostListing_IsRefused()
    {
        var (source, plan, workspace) = await Planned(3);
        workspace.Delete(WorkspaceFiles.Listing);
        await Assert.ThrowsAsync<SourceException>(async () => await source.VerifyAsync(plan, workspace, CancellationToken.None));
        await Assert.ThrowsAsync<SourceException>(async () => await source.OpenAsync(plan, workspace, 0, 1, CancellationToken.None));
    }

    [Theory]
    [InlineData("!a")]
    [InlineData("a;!")]
    [InlineData("")]
    public async Task PatternsWithoutAnInclude_OrEmpty_AreRefusedByTheCheck(string patterns)
    {
        var source = SourceReading.Factory().Create(new FilesSourceSpec { Patterns = patterns.Split(';'), Root = Directory.Path });
        await Assert.ThrowsAsync<SourceException>(async () => await source.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task MissingRoot_IsRefusedByTheCheck()
    {
        var source = SourceReading.Factory().Create(new FilesSourceSpec { Patterns = ["*"], Root = Directory["nowhere"] });
        await Assert.ThrowsAsync<SourceException>(async () => await source.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task LinkToADirectoryAbove_DoesNotLoop()
    {
        if (OperatingSystem.IsWindows())
            return;
        var root = Tree();
        System.IO.Directory.CreateSymbolicLink(Path.Combine(root, "x", "up"), root);
        Assert.Equal(3, (await Paths(new FilesSourceSpec { Patterns = ["**/?.txt"], Root = root })).Count);
        Assert.Equal([$"{root}/x/up/a.txt"], await Paths(new FilesSourceSpec { Patterns = ["x/up/*.txt"], Root = root }));
    }

    private static async Task<List<string>> Paths(FilesSourceSpec spec) =>
        (await SourceReading.ReadAll(spec)).ConvertAll(i => JsonDocument.Parse(i.Value).RootElement.GetProperty("path").GetString()!);

    private string Relative(int index) => string.Create(CultureInfo.InvariantCulture, $"{_arranged}/{index / 10}/é {index:D4}.txt");

    private string Tree()
    {
        foreach (var file in new[] { "a.txt", "b.csv", "x/a.txt", "x/ab.txt", "x/y/ab.txt", "x/y/b.txt", "z/y/c.csv", "z/y/.h" })
            Directory.Write("tree/" + file, "");
        return Directory["tree"];
    }
}
