using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class LimitLedgerTests
{
    private static readonly LimitSpec Places = new("crm-api", 10, null, 5);
    private static readonly LimitSpec Starts = new("crm-api", null, Rate.Parse("10/s"), 5);

    [Fact]
    public void New_HasItsWholeBurst_OrNoTokensWithoutARate() =>
        Assert.Equal((5.0, 0.0), (new LimitLedger(Starts).FreeTokens, new LimitLedger(Places).FreeTokens));

    [Theory]
    [InlineData(5, 4, 4)]
    [InlineData(3, 4, 3)]
    public void SetAnew_KeepsItsTokens_AsFarAsTheBurstGoes(double tokens, int burst, double kept) =>
        Assert.Equal(kept, (new LimitLedger(Starts) { FreeTokens = tokens }).With(Starts with { Burst = burst }).FreeTokens);

    [Fact]
    public void SetAnewWithoutARate_HasNoTokens() => Assert.Equal((Places, 0.0), (new LimitLedger(Starts).With(Places) is var set ? (set.Limit, set.FreeTokens) : default));
}
