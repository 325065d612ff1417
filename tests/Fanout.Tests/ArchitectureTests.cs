using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Fanout.Tests;

/// <summary>References point one way, and files keep the house style.</summary>
public sealed partial class ArchitectureTests
{
    private const int MostLines = 400;

    private static readonly string Root = FindRoot();

    [Fact]
    public void Fanout_ReferencesNoEngineNoDatabaseNoCloud()
    {
        var referenced = typeof(RunSpec).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!).Concat(Packages("Fanout")).ToList();
        Assert.Contains("Microsoft.Extensions.Logging.Abstractions", referenced);
        Assert.DoesNotContain(referenced, name => name.StartsWith("Fanout", StringComparison.Ordinal));
        Assert.DoesNotContain(referenced, name => ForeignToTheCore().IsMatch(name));
    }

    [Theory]
    [InlineData("Fanout")]
    [InlineData("Fanout.Api", "Fanout")]
    [InlineData("Fanout.Embedded", "Fanout")]
    [InlineData("Fanout.Azure", "Fanout")]
    [InlineData("Fanout.Functions", "Fanout.Api", "Fanout.Azure")]
    [InlineData("Fanout.Client", "Fanout")]
    [InlineData("Fanout.Server", "Fanout.Api")]
    [InlineData("Fanout.Diagnostics")]
    [InlineData("Fanout.Cli", "Fanout.Azure", "Fanout.Client", "Fanout.Diagnostics", "Fanout.Embedded", "Fanout.Server")]
    public void ProjectReferences_PointOneWay(string project, params string[] expected) => Assert.Equal(expected, ProjectReferences(project));

    [Fact]
    public void OnlyTheEmbeddedEngine_UsesSqlite() =>
        Assert.Equal(["Fanout.Embedded"], Projects().Where(project => Packages(project).Contains("Microsoft.Data.Sqlite")));

    [Fact]
    public void OnlyFanoutAzure_UsesTheAzureSdk() =>
        Assert.Equal(["Fanout.Azure"], Projects().Where(project => Packages(project).Exists(package => package.StartsWith("Azure.", StringComparison.Ordinal) && !package.StartsWith("Azure.Monitor.", StringComparison.Ordinal))));

    [Fact]
    public void Files_AreShort() =>
        Assert.Empty(SourceFiles().Where(path => File.ReadLines(path).Count() > MostLines).Select(Relative));

    [Fact]
    public void Names_SayWhatThingsAre() =>
        Assert.Empty(SourceFiles().Where(path => EmptyWord().IsMatch(Path.GetFileNameWithoutExtension(path))).Select(Relative));

    [Fact]
    public void TestsThatTheArchitectureNames_Exist()
    {
        var named = NamedTest().Matches(File.ReadAllText(Path.Combine(Root, "ARCHITECTURE.md"))).Select(match => (Class: match.Groups[1].Value, Test: match.Groups[2].Value)).ToList();
        Assert.True(named.Count > 10);
        Assert.All(named, name => Assert.Contains(
            Directory.EnumerateFiles(Path.Combine(Root, "tests"), $"{name.Class}.cs", SearchOption.AllDirectories),
            path => File.ReadAllText(path).Contains($" {name.Test}(", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Projects() =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private static List<string> ProjectReferences(string project) =>
        [.. Includes(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

    private static List<string> Packages(string project) => [.. Includes(project, "PackageReference")];

    private static IEnumerable<string> Includes(string project, string element) =>
        XDocument.Load(Path.Combine(Root, "src", project, $"{project}.csproj")).Descendants(element).Select(e => e.Attribute("Include")!.Value);

    private static IEnumerable<string> SourceFiles() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !Relative(path).Split('/').Any(part => part is "obj" or "bin"));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Fanout.slnf")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no clone of the repository.");
    }

    [GeneratedRegex("Sqlite|SQLite|Azure|DurableTask|AspNetCore|Spectre|CommandLine")]
    private static partial Regex ForeignToTheCore();

    [GeneratedRegex("`([A-Za-z]+Tests)\\.([A-Za-z0-9]+_[A-Za-z_]+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utilities|Common|Impl)$")]
    private static partial Regex EmptyWord();
}
