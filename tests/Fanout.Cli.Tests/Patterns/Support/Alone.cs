using Xunit;

namespace Fanout.Cli.Tests.Patterns.Support;

/// <summary>Tests that run programs, keep time, or look at the whole process: one at a time, beside no other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
