using Xunit;

namespace Fanout.Tests.Mutants;

/// <summary>A theory for the nightly mode: each case is a build and a test run. <c>FANOUT_MUTANTS</c> says which: <c>all</c>, or names.</summary>
public sealed class MutantTheoryAttribute : TheoryAttribute
{
    public const string Variable = "FANOUT_MUTANTS";

    public MutantTheoryAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            Skip = $"Set {Variable} to all, or to names, to build each mutant and see its test fail.";
    }
}
