using Azure;
using Azure.Identity;

namespace Fanout.Azure;

/// <summary>Failures of Azure Storage as Fanout's: what was to be done, in which account, and the service's own code. Never a key or a signature.</summary>
internal static class AzureFailure
{
    /// <summary>True: the storage, not the program, is at fault.</summary>
    public static bool IsStorage(Exception failure) => failure is RequestFailedException or AuthenticationFailedException or CredentialUnavailableException or IOException
        || failure is AggregateException { InnerExceptions: var all } && all.All(one => IsStorage(one) || one is OperationCanceledException)
        || failure is TaskCanceledException late && (late.InnerException is TimeoutException || IsTimeout(late));

    /// <summary>The exception to throw instead. Blob, queue and container names are no secrets; messages of the SDK may quote a URI with a signature, and are left out.</summary>
    /// <param name="verb">What was to be done: read, write.</param>
    /// <param name="what">To what: <c>blob 'results/r/plan.json'</c>.</param>
    /// <param name="connection">The account.</param>
    /// <param name="failure">What the SDK threw.</param>
    public static StorageException Explain(string verb, string what, AzureConnection connection, Exception failure)
    {
        var first = failure is AggregateException all ? all.InnerExceptions[0] : failure;
        var (reason, remedy) = first switch
        {
            AuthenticationFailedException => ("no identity could be had", "Sign in (az login), give the host a managed identity, or use a connection string."),
            RequestFailedException { Status: 401 or 403 } refused =>
                ($"the account refused it ({refused.ErrorCode ?? "403"})", "Check the key, or grant the identity the Storage Blob, Queue and Table Data Contributor roles."),
            RequestFailedException { ErrorCode: "BlobNotFound" or "ContainerNotFound" } =>
                ("it does not exist", "Restore it, or purge the run if it was deleted on purpose."),
            RequestFailedException { Status: 0 } => ("the account cannot be reached", "Check its name and the network; the run can be resumed."),
            IOException => ("the connection broke", "The run can be resumed."),
            RequestFailedException known => ($"the account answered {known.Status} {known.ErrorCode}".TrimEnd(), "The run can be resumed once the account works again."),
            _ => ("the account did not answer in time", "The run can be resumed once it does."),
        };
        return new StorageException($"Could not {verb} {what} in {connection}: {reason}. {remedy}", failure) { MayPass = true };
    }

    // The client's own time-out and a caller's cancellation are exceptions of one type; only the words tell them apart, which name the option.
    private static bool IsTimeout(TaskCanceledException failure) => failure.Message.Contains("NetworkTimeout", StringComparison.Ordinal);

    /// <summary>Does it, with failures explained.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public static async ValueTask<T> GuardAsync<T>(string verb, string what, AzureConnection connection, Func<Task<T>> act)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsStorage(failure))
        {
            throw Explain(verb, what, connection, failure);
        }
    }

    /// <summary>Does it, with failures explained.</summary>
    /// <exception cref="StorageException">The account refused, or cannot be reached.</exception>
    public static async ValueTask GuardAsync(string verb, string what, AzureConnection connection, Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsStorage(failure))
        {
            throw Explain(verb, what, connection, failure);
        }
    }

    /// <summary>Does it, with failures explained; a request that timed out, which the SDK reports as cancelled, among them.</summary>
    /// <exception cref="StorageException">The account refused, cannot be reached, or did not answer in time.</exception>
    public static async Task<T> GuardAsync<T>(string verb, string what, AzureConnection connection, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act().ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && (IsStorage(failure) || failure is OperationCanceledException))
        {
            throw Explain(verb, what, connection, failure);
        }
        catch (AggregateException failure) when (cancellationToken.IsCancellationRequested && IsStorage(failure))
        {
            throw new OperationCanceledException("Cancelled while storage did not answer.", failure, cancellationToken);
        }
    }
}
