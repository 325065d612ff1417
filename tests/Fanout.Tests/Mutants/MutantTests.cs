using System.Collections.Concurrent;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Tests.Mutants;

/// <summary>The tests are tested too: deliberate bugs must be caught, each by the test that is there for it.</summary>
public sealed class MutantTests(ITestOutputHelper output)
{
    private static readonly string Root = FindRoot();
    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Sources = new(StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. AllMutants.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryMutant_StillFitsTheCodeAndHasItsTest(string name)
    {
        var mutant = Find(name);
        var source = File.ReadAllText(Path.Combine(Root, mutant.File));
        Assert.NotEqual(source, mutant.Apply(source));
        var (className, method) = mutant.Test.Split('.') is [var first, var second] ? (first, second) : (mutant.Test, "");
        Assert.Contains(Tests(mutant.Project), text => text.Contains($"class {className}", StringComparison.Ordinal) && text.Contains($" {method}", StringComparison.Ordinal));
    }

    [MutantTheory]
    [MemberData(nameof(Names))]
    public async Task EveryMutant_IsCaught(string name)
    {
        var wanted = Environment.GetEnvironmentVariable(MutantTheoryAttribute.Variable)!.Split(',', StringSplitOptions.TrimEntries);
        if (!wanted.Contains("all") && !wanted.Contains(name))
            return;
        var copy = Environment.GetEnvironmentVariable("FANOUT_MUTANTS_DIR") ?? Path.Combine(Path.GetTempPath(), "fanout-mutants");
        var (isCaught, printed) = await new MutantRunner(Root, copy).RunAsync(Find(name));
        output.WriteLine(printed);
        Assert.True(isCaught, $"{Find(name).Test} passes with mutant '{name}':\n{printed}");
    }

    private static IReadOnlyList<string> Tests(string project) => Sources.GetOrAdd(
        project, name => [.. Directory.EnumerateFiles(Path.Combine(Root, "tests", name), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText)]);

    private static Mutant Find(string name) => AllMutants.All.Single(mutant => mutant.Name == name);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Fanout.slnf")))
            directory = directory.Parent ?? throw new InvalidOperationException("The repository's root is not above the tests.");
        return directory.FullName;
    }
}
