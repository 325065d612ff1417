using System.Globalization;

namespace Fanout.Processing;

/// <summary>Errors of items whose handlers said nothing.</summary>
internal static class ItemErrors
{
    /// <summary>Nothing else was being worked where it was handled, and the process died each time.</summary>
    public static ItemError WorkerCrashed(int crashes) => new(
        "WorkerCrashed", string.Create(CultureInfo.InvariantCulture, $"The item crashed its worker {crashes} times, alone in it each time; it is not tried again."));
}
