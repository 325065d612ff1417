using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace Fanout.Tests.Fuzzing;

/// <summary>
/// Whatever bytes come from outside, a parser returns or throws what it documents, soon and in bounded memory, and what it read survives being written.
/// <c>FANOUT_FUZZ_SECONDS</c> says how long each is fed with changed inputs (default: 0.2 s); <c>FANOUT_FUZZ_SEED</c> and <c>FANOUT_FUZZ_TARGET</c>
/// begin with one input of one parser.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyInput_IsReadOrRefused(string name)
    {
        if (Environment.GetEnvironmentVariable("FANOUT_FUZZ_TARGET") is { Length: > 0 } only && only != name)
            return;
        var seconds = double.Parse(Environment.GetEnvironmentVariable("FANOUT_FUZZ_SECONDS") ?? "0.2", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("FANOUT_FUZZ_SEED") ?? "1", CultureInfo.InvariantCulture);
        var fuzzer = new Fuzzer(FuzzTargets.All.Single(target => target.Name == name));
        var defect = fuzzer.Run(TimeSpan.FromSeconds(seconds), seed);
        output.WriteLine($"{fuzzer.Inputs} inputs.");
        Assert.True(defect is null, defect);
    }
}
