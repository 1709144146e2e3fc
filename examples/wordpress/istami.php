<?php
/**
 * Plugin Name: istami استمع
 * Description: Has every published post read aloud, and puts the player above its text.
 * Version: 1.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 *
 * Put this file into wp-content/mu-plugins/ and say in wp-config.php where your istami runs:
 *     define('ISTAMI_URL', 'https://audio.example');        // as readers reach it
 *     define('ISTAMI_TOKEN', '…');                          // a key: istami keys create WordPress
 */

defined('ABSPATH') || exit;

/** A pasted address of a player page becomes the player (oEmbed). */
add_action('init', function () {
    wp_oembed_add_provider(ISTAMI_URL . '/player/*', ISTAMI_URL . '/oembed');
});

/** Every time a published post is saved: the same text again costs nothing, a changed text is read anew. */
add_action('save_post_post', function ($id, $post) {
    if ($post->post_status !== 'publish' || wp_is_post_revision($id) || wp_is_post_autosave($id)) {
        return;
    }
    $headers = ['Content-Type' => 'application/json'];
    if (defined('ISTAMI_TOKEN')) {
        $headers['Authorization'] = 'Bearer ' . ISTAMI_TOKEN;
    }
    $article = [
        'id'    => 'wp-' . get_current_blog_id() . '-' . $id,
        'title' => html_entity_decode(get_the_title($post), ENT_QUOTES, 'UTF-8'),
        'html'  => apply_filters('the_content', $post->post_content),
        'url'   => get_permalink($post),
    ];
    $answer = wp_remote_post(ISTAMI_URL . '/v1/articles', [
        'headers' => $headers,
        'body'    => wp_json_encode($article),
        'timeout' => 10,
    ]);
    $code = is_wp_error($answer) ? 0 : wp_remote_retrieve_response_code($answer);
    if ($code === 200 || $code === 202) {
        update_post_meta($id, '_istami', $article['id']);
    } else {
        error_log("istami: post $id was not taken: " . ($code ? wp_remote_retrieve_body($answer) : $answer->get_error_message()));
    }
}, 10, 2);

/** The player above the text of a post that istami has taken. */
add_filter('the_content', function ($content) {
    $article = is_singular('post') && in_the_loop() && is_main_query() ? get_post_meta(get_the_ID(), '_istami', true) : '';
    if (!$article) {
        return $content;
    }
    $line = '<script async src="%s/embed.js" data-article="%s" data-body=".istami-body"></script>';
    return sprintf($line, esc_url(ISTAMI_URL), esc_attr($article)) . '<div class="istami-body">' . $content . '</div>';
}, 99);
