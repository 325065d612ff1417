namespace Fanout.Specs;

/// <summary>Reads <c>failure</c>.</summary>
internal static class FailureSpecReader
{
    public static readonly string[] Fields = ["timeout", "retry", "tolerate", "deadline"];

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    public static FailureSpec Read(SpecCursor cursor)
    {
        if (cursor.AsObject(Fields, "{ \"timeout\": \"10s\" }") is not { } failure)
            return new FailureSpec();

        return new FailureSpec
        {
            Timeout = failure.Find("timeout")?.Duration(Shortest, TimeSpan.FromHours(24), "10s"),
            Retry = failure.Find("retry") is { } retry ? RetrySpecReader.Read(retry) : new RetrySpec(),
            Tolerate = failure.Find("tolerate") is { } tolerate ? ToleranceReader.Read(tolerate) : null,
            Deadline = failure.Find("deadline")?.Duration(Shortest, TimeSpan.FromDays(30), "2h"),
        };
    }
}
