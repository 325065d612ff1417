using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Cli.Tests.Patterns.Support;
using Xunit;

namespace Fanout.Cli.Tests.Patterns;

/// <summary>README.md shows what is, and nothing else.</summary>
[Collection(Alone.Name)]
public sealed partial class ReadmeTests : IDisposable
{
    private const string FromSource = "dotnet run -c Release --project src/Fanout.Cli --";

    private readonly Shell _shell = new();

    public static TheoryData<int> Consoles => [.. Enumerable.Range(0, Readme.Blocks("console").Count)];

    public void Dispose() => _shell.Dispose();

    /// <summary>The commands of one block run one after the other in an empty directory; times differ, all else on standard output is as shown.</summary>
    [Theory]
    [MemberData(nameof(Consoles))]
    public async Task ConsoleBlock_PrintsWhatItShows(int block)
    {
        foreach (var (command, shown) in Readme.Steps(Readme.Blocks("console")[block]))
        {
            var ran = await _shell.RunAsync(command);
            var printed = ran.Output.Replace(_shell.WorkingDirectory, "/home/me/work", StringComparison.Ordinal);
            Assert.Equal(WithoutTimes(shown), WithoutTimes(TrailingSpace().Replace(printed, "")));
        }
    }

    [Fact]
    public async Task FirstCommand_CountsTheLinesOfThisRepository()
    {
        var (command, shown) = Readme.Steps(Readme.Blocks("sh-session").Single())[0];
        Assert.StartsWith(FromSource, command, StringComparison.Ordinal);
        var ran = await _shell.RunAsync(command.Replace(FromSource, "fanout", StringComparison.Ordinal), Repository.Root);

        var printed = ran.Output.Replace(Path.Combine(_shell.WorkingDirectory, ".fanout"), "/home/me/fanout/.fanout", StringComparison.Ordinal);
        Assert.Equal(WithoutNumbers(shown), WithoutNumbers(printed));
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Contains("obj")).ToList();
        var report = await _shell.ReportAsync("lines");
        Assert.Equal(files.Count, report.GetProperty("total").GetInt32());
        Assert.Equal(files.Sum(path => File.ReadAllText(path).Count(c => c == '\n')), report.GetProperty("reduced").GetInt32());
    }

    [Fact]
    public void CodeBlocks_AreTheRegionsOfTheTestsThatRunThem()
    {
        var regions = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", "Fanout.Cli.Tests", "Patterns", "Code"), "*.cs")
            .SelectMany(path => Region().Matches(File.ReadAllText(path).ReplaceLineEndings("\n")))
            .Select(match => Dedent(match.Groups[1].Value));
        Assert.Equal(regions.Order(StringComparer.Ordinal), Readme.Blocks("csharp").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task SpecExample_IsAccepted()
    {
        await File.WriteAllTextAsync(Path.Combine(_shell.WorkingDirectory, "nightly.json"), Readme.Blocks("jsonc").Single());
        await File.WriteAllTextAsync(Path.Combine(_shell.WorkingDirectory, "orders.jsonl"), "{\"id\":1}\n{\"id\":2}\n");
        var planned = await _shell.RunAsync("fanout plan --spec nightly.json --json");
        Assert.Equal(("", 0), (planned.Error, planned.ExitCode));
        Assert.Equal(2, JsonElement.Parse(planned.Output).GetProperty("items").GetInt32());
    }

    [Fact]
    public async Task EveryCommand_IsShown()
    {
        var help = (await _shell.RunAsync("fanout --help")).Output;
        var commands = help[help.IndexOf("Commands:", StringComparison.Ordinal)..help.IndexOf("General:", StringComparison.Ordinal)]
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Trim().Split(' ')[0]).ToList();
        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Matches($@"(?m)^(\$ )?fanout {command}\b", Repository.Readme));
    }

    private static string Dedent(string text)
    {
        var lines = text.Split('\n');
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : "")).Trim('\n');
    }

    private static string WithoutTimes(string text) =>
        PartName().Replace(Timestamp().Replace(TimeLine().Replace(Duration().Replace(text, "\"durationMs\":#"), "  time #"), "<time>"), "-#.jsonl");

    private static string WithoutNumbers(string text) => Number().Replace(WithoutTimes(text), "#");

    [GeneratedRegex(@"^[ ]*// README: [a-z-]+\n(.*?)^[ ]*// README end$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Region();

    [GeneratedRegex("\"durationMs\":[0-9.]+")]
    private static partial Regex Duration();

    [GeneratedRegex("^  time +[^a].*$", RegexOptions.Multiline)]
    private static partial Regex TimeLine();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z")]
    private static partial Regex Timestamp();

    [GeneratedRegex("-[0-9a-f]{12}\\.jsonl")]
    private static partial Regex PartName();

    [GeneratedRegex(" +$", RegexOptions.Multiline)]
    private static partial Regex TrailingSpace();

    [GeneratedRegex("[0-9][0-9,.]*")]
    private static partial Regex Number();
}
