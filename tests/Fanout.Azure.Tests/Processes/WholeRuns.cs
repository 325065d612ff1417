using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>Tests that start many processes, one after another: each would starve the others.</summary>
[CollectionDefinition(nameof(WholeRuns), DisableParallelization = true)]
public static class WholeRuns
{
    private const string ScaleVariable = "FANOUT_TEST_SCALE";

    /// <summary>So many items, times what the environment variable <c>FANOUT_TEST_SCALE</c> says; default: 1, which two cores work in well under a minute.</summary>
    public static int Scaled(int items) =>
        (int)(items * double.Parse(Environment.GetEnvironmentVariable(ScaleVariable) ?? "1", System.Globalization.CultureInfo.InvariantCulture));
}
