using Xunit;

namespace Fanout.Embedded.Tests;

public sealed class WarmupTests
{
    /// <summary>A program does not wait for it, and would not see that it fails.</summary>
    [Fact]
    public Task Warmup_GoesThrough() => Warmup.BeginAsync();
}
