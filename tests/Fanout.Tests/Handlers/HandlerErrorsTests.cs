using System.Reflection;
using Fanout.Handlers;
using Xunit;

namespace Fanout.Tests.Handlers;

public sealed class HandlerErrorsTests
{
    [Fact]
    public void PermanentException_IsNotRetried_AndNamesItsType()
    {
        var (error, retryable, retryAfter, _) = HandlerErrors.Describe(new UnreadableItemException("int", "It is a word."));

        Assert.Equal(new("UnreadableItem", "The item cannot be read as int: It is a word."), error);
        Assert.False(retryable);
        Assert.Null(retryAfter);
    }

    [Fact]
    public void ThrottledException_IsRetried_NoEarlierThanItSays()
    {
        var (error, retryable, retryAfter, throttled) = HandlerErrors.Describe(new ThrottledItemException(TimeSpan.FromSeconds(7), "busy"));

        Assert.Equal(new("ThrottledItemException", "busy"), error);
        Assert.True(retryable);
        Assert.Equal(TimeSpan.FromSeconds(7), retryAfter);
        Assert.True(throttled);
    }

    [Fact]
    public void TransientException_IsRetried_UnderTheTypeItNames() =>
        Assert.Equal((new ItemError("ExitCode3", "no"), true, null, false), HandlerErrors.Describe(new TransientItemException("ExitCode3", "no")));

    [Fact]
    public void AnyOtherException_IsRetried_UnderItsTypeName() =>
        Assert.Equal((new ItemError("FormatException", "bad"), true, null, false), HandlerErrors.Describe(new FormatException("bad")));

    [Fact]
    public void WrappedExceptions_AreDescribedByTheirCause()
    {
        var cause = new PermanentItemException("no");

        var (error, retryable, _, _) = HandlerErrors.Describe(new AggregateException(new TargetInvocationException(new AggregateException(cause))));

        Assert.Equal(new("PermanentItemException", "no"), error);
        Assert.False(retryable);
    }

    [Fact]
    public void LongMessage_IsCut() =>
        Assert.Equal(ItemError.MaxMessageLength, HandlerErrors.Describe(new FormatException(new string('x', 5_000))).Error.Message.Length);

    [Fact]
    public void MessageThatThrows_IsReplacedByTheType() =>
        Assert.Equal(new("Hostile", "Hostile"), HandlerErrors.Describe(new Hostile()).Error);

    private sealed class Hostile : Exception
    {
        public override string Message => throw new InvalidOperationException();
    }
}
